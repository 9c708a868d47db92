//! An account for other programs, under a version number and a schema.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::{Account, Unwritable, sentence};

/// The version of the JSON report; it grows when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// A report of evidence held against a model.
#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    /// The version of this form.
    straightedge_evidence: u32,
    /// 0 accepted, 1 rejected, 2 inconclusive or out of scope, 3 malformed: the worst of all.
    exit_code: u8,
    /// The whole in one sentence.
    sentence: String,
    /// What is not established.
    limits: &'a str,
    #[serde(flatten)]
    account: &'a Account,
}

/// The account as one JSON object.
///
/// # Errors
///
/// If a state cannot be written as JSON.
pub fn render(account: &Account) -> Result<String, Unwritable> {
    pretty(&Document {
        straightedge_evidence: VERSION,
        exit_code: account.exit_code(),
        sentence: sentence::whole(account),
        limits: sentence::LIMITS,
        account,
    })
}

/// The JSON Schema (draft 2020-12) of what [`render`] writes.
#[must_use]
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    generator.into_root_schema_for::<Document<'_>>().to_value()
}

/// Any document as JSON for people and programs, with a last newline.
///
/// # Errors
///
/// If the document cannot be written as JSON.
pub fn pretty(document: &impl Serialize) -> Result<String, Unwritable> {
    serde_json::to_string_pretty(document)
        .map(|text| text + "\n")
        .map_err(|error| Unwritable { format: "JSON", why: error.to_string() })
}

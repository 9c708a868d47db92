//! Parameters as they are written, and as they are read.

use super::*;
use crate::coral::instance::models;

#[test]
fn a_model_is_read_as_its_parameters_were_written() {
    let mut read = 0;
    for (name, model) in models() {
        let parameters = parameters(&model);
        let again = schema::read::<Parameters>(&parameters).and_then(|again| again.model());
        let again = again.map(|again| {
            let Coral { keys, clusters, .. } = model;
            assert_eq!(again.keys[0], keys[0], "{name}");
            assert!(model.levels == 1 || again.clusters == clusters, "{name}");
            Coral { keys, clusters, ..again }
        });
        assert_eq!(again, Ok(model), "{name}: {parameters}");
        read += 1;
    }
    assert!(read > 20, "only {read} models");
}

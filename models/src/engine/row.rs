//! An instance before it is put together.

use super::instance::{Checkable, Instance, Tier};
use super::property::{Claim, Specification};
use super::verdict::Expected;

/// A row of a system's table of instances.
#[derive(Clone)]
pub struct Row<M: Specification> {
    system: &'static str,
    /// The instance's name.
    pub name: &'static str,
    /// When it is checked.
    pub tier: Tier,
    reason: &'static str,
    /// The model, with its bounds.
    pub model: M,
    claims: fn(&M) -> Vec<Claim<M>>,
    more: Vec<Claim<M>>,
    declared: Vec<(&'static str, Expected)>,
    /// Whether one state stands for its orbit.
    pub symmetry: bool,
}

impl<M: Specification> Row<M> {
    /// An instance of the ci tier whose claims all hold.
    #[must_use]
    pub const fn new(
        system: &'static str,
        name: &'static str,
        model: M,
        claims: fn(&M) -> Vec<Claim<M>>,
        reason: &'static str,
    ) -> Self {
        let (tier, symmetry) = (Tier::Ci, false);
        Self {
            system,
            name,
            tier,
            reason,
            model,
            claims,
            more: Vec::new(),
            declared: Vec::new(),
            symmetry,
        }
    }

    /// The same, but checked once a day.
    #[must_use]
    pub const fn nightly(mut self) -> Self {
        self.tier = Tier::Nightly;
        self
    }

    /// The same with other claims, such as without those that need every edge in memory.
    #[must_use]
    pub const fn claiming(mut self, claims: fn(&M) -> Vec<Claim<M>>) -> Self {
        self.claims = claims;
        self
    }

    /// The same with claims of its own, such as cases that must come up here.
    #[must_use]
    pub fn adding(mut self, claims: &[Claim<M>]) -> Self {
        self.more.extend(claims);
        self
    }

    /// The same, but the model is changed.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(M) -> M) -> Self {
        self.model = change(self.model);
        self
    }

    /// The same, but one state stands for its orbit under the model's symmetry.
    #[must_use]
    pub const fn up_to_symmetry(mut self) -> Self {
        self.symmetry = true;
        self
    }

    /// The same, with the claims that are false here: controls.
    #[must_use]
    pub fn violating(mut self, claims: &[&'static str]) -> Self {
        self.declared.extend(claims.iter().map(|&claim| (claim, Expected::Violated)));
        self
    }

    /// The same, with claims whose trigger cannot occur here.
    #[must_use]
    pub fn vacuous(mut self, claims: &[&'static str]) -> Self {
        self.declared.extend(claims.iter().map(|&claim| (claim, Expected::Vacuous)));
        self
    }

    /// The name and the model, if the instance is of the ci tier.
    #[must_use]
    pub fn of_ci(self) -> Option<(&'static str, M)> {
        (self.tier == Tier::Ci).then_some((self.name, self.model))
    }

    /// The instance.
    #[must_use]
    pub fn instance(self) -> Box<dyn Checkable> {
        let mut claims = (self.claims)(&self.model);
        claims.extend(self.more);
        Box::new(Instance {
            system: self.system,
            name: self.name,
            tier: self.tier,
            reason: self.reason,
            claims,
            model: self.model,
            declared: self.declared,
            depth: None,
            symmetry: self.symmetry,
        })
    }
}

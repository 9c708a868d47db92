//! The nodes of Coral held against the model.

mod both_ways;
mod random;
mod rules;
mod ways;

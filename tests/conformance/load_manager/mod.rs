//! The balancer held against the model.

mod both_ways;
mod random;
mod rules;

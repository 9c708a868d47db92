//! The master and the workers of MapReduce held against the model.

mod both_ways;
mod random;
mod rules;

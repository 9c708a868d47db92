//! The nodes of Chord held against the model.

mod above;
mod both_ways;
mod random;
mod rules;

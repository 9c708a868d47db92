//! Does every step of one model map to a step, or to a stutter, of another?

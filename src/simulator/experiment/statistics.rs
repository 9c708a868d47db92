//! Means, percentiles and intervals.

/// A distribution of whole numbers: how often each occurred.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// How often the number at each place occurred.
    counts: Vec<u64>,
}

impl Distribution {
    /// The number occurred once more.
    pub fn add(&mut self, number: usize) {
        if self.counts.len() <= number {
            self.counts.resize(number + 1, 0);
        }
        self.counts[number] += 1;
    }

    /// All that occurred in the other one, too.
    pub fn merge(&mut self, other: &Self) {
        let longer = self.counts.len().max(other.counts.len());
        self.counts.resize(longer, 0);
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// How many numbers occurred.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The mean; 0 of nothing.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let sum: u64 = (0..).zip(&self.counts).map(|(number, count)| number * count).sum();
        sum as f64 / self.total().max(1) as f64
    }

    /// The largest number that occurred.
    #[must_use]
    pub fn largest(&self) -> usize {
        self.counts.len().saturating_sub(1)
    }

    /// How often that number occurred, as a fraction of all.
    #[must_use]
    pub fn fraction(&self, number: usize) -> f64 {
        let count = self.counts.get(number).copied().unwrap_or_default();
        count as f64 / self.total().max(1) as f64
    }

    /// The smallest number that at least that many in a hundred are not above.
    #[must_use]
    pub fn percentile(&self, percent: u32) -> usize {
        let total = u128::from(self.total());
        let mut below = 0u128;
        for (number, &count) in self.counts.iter().enumerate() {
            below += u128::from(count);
            if below > 0 && below * 100 >= total * u128::from(percent) {
                return number;
            }
        }
        0
    }
}

/// A mean of independent values, and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Half the width of the interval that holds the true mean 95 times in 100 if the values are
    /// normally distributed; nothing if there is one value only.
    pub margin: Option<f64>,
}

impl Estimate {
    /// The estimate from these values, each of an independent repetition.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let size = values.len() as f64;
        let mean = values.iter().sum::<f64>() / size.max(1.0);
        if values.len() < 2 {
            return Self { mean, margin: None };
        }
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (squares / (size - 1.0)).sqrt();
        let margin = student(values.len() - 1) * deviation / size.sqrt();
        Self { mean, margin: Some(margin) }
    }
}

/// The 97.5th percentile of Student's distribution with so many degrees of freedom.
fn student(degrees: usize) -> f64 {
    const TABLE: [f64; 30] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
        2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
        2.052, 2.048, 2.045, 2.042,
    ];
    TABLE.get(degrees.saturating_sub(1)).copied().unwrap_or(1.96)
}

/// The smallest number that a negative binomial variable is not above, that many times in a
/// hundred: how many of many keys fall on `arcs` arcs between neighbours among many random points,
/// if the mean is this.
///
/// Source: CHORD-50.
#[must_use]
pub fn keys_on_arcs(arcs: u32, mean: f64, percent: u32) -> usize {
    let shape = f64::from(arcs);
    // Of many arcs the first probabilities are too small for a number, but not their logarithms.
    let mut logarithm = shape * (shape / (shape + mean)).ln();
    let falls = (mean / (shape + mean)).ln();
    let (mut below, mut number) = (logarithm.exp(), 0usize);
    // The tail beyond a hundred means has no weight that a percentile could see.
    let last = 100.0 * (mean + 1.0);
    while below * 100.0 < f64::from(percent) && (number as f64) < last {
        let next = number as f64 + 1.0;
        logarithm += ((next - 1.0 + shape) / next).ln() + falls;
        below += logarithm.exp();
        number += 1;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_numbers_that_occurred() {
        let mut distribution = Distribution::default();
        (1..=200).for_each(|number| distribution.add(number));
        assert_eq!([1, 50, 99, 100].map(|p| distribution.percentile(p)), [2, 100, 198, 200]);
        assert!((distribution.mean() - 100.5).abs() < 1e-9);
        assert_eq!((distribution.total(), distribution.largest()), (200, 200));
        let mut twice = distribution.clone();
        twice.merge(&distribution);
        assert_eq!(twice.percentile(50), 100);
        assert!((twice.fraction(7) - 0.005).abs() < 1e-12);
        assert_eq!(Distribution::default().percentile(50), 0);
    }

    #[test]
    fn an_interval_is_as_wide_as_the_values_are_apart() {
        let estimate = Estimate::of(&[1.0, 2.0, 3.0]);
        // The deviation is 1: 4.303 / sqrt(3).
        assert!((estimate.mean - 2.0).abs() < 1e-12);
        assert!(estimate.margin.is_some_and(|margin| (margin - 2.4843).abs() < 1e-3));
        assert_eq!(Estimate::of(&[5.0]), Estimate { mean: 5.0, margin: None });
    }

    #[test]
    fn arcs_are_what_theory_says_they_are() {
        // One arc: a geometric distribution, whose quantile has a closed form.
        let closed = (0.01f64.ln() / (100.0f64 / 101.0).ln()).ceil() - 1.0;
        assert!((keys_on_arcs(1, 100.0, 99) as f64 - closed).abs() < 0.5, "{closed}");
        assert_eq!(keys_on_arcs(1, 100.0, 1), 1);
        // Many arcs: nearly the mean.
        let many = [1, 99].map(|percent| keys_on_arcs(10_000, 1_000_000.0, percent));
        assert!(many[0] > 975_000 && many[1] < 1_025_000, "{many:?}");
    }
}

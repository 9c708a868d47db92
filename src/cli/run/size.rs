//! Sizes as people write them.

/// The bytes of `1GiB`, `64 MiB`, `10KiB`, `1000`.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim() {
        "" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return Err(format!("`{text}` is no size, such as 1GiB, 64MiB, 10KiB or 1000")),
    };
    let number: u64 = number.parse().map_err(|_| format!("`{text}` is no size, such as 1GiB"))?;
    let bytes = number.checked_mul(1 << shift).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| format!("{text} is not between 1 byte and 2^64 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let sizes = ["1GiB", "64 MiB", "10KiB", "1000"].map(bytes);
        assert_eq!(sizes, [1 << 30, 64 << 20, 10 << 10, 1000].map(Ok));
        let refused = ["", "GiB", "0", "1GB", "1.5GiB", "-1", "99999999999GiB"];
        assert_eq!(refused.map(|text| bytes(text).is_ok()), [false; 7]);
    }
}

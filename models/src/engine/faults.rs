//! A system's table of mutants, written once.

/// Declares the faults, their names, where each is found, and what it stands for: the enumeration
/// `Fault`, the constant `MUTANTS`, and the function from a name to its fault. A row is the fault,
/// its name, its instance, the claim that kills it, whether interleaving alone shows it, and what
/// it stands for.
macro_rules! faults {
    ($($fault:ident, $name:literal, $instance:literal, $claim:literal, $interleaving:literal,
       $stands_for:literal;)*) => {
        /// A procedure that is done wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault {
            $(#[doc = $stands_for] $fault,)*
        }

        impl Fault {
            /// The fault of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$fault),)*
                    _ => None,
                }
            }
        }

        /// The mutants of this model.
        pub const MUTANTS: &[$crate::engine::Mutant] = &[
            $($crate::engine::Mutant {
                name: $name,
                stands_for: $stands_for,
                instance: $instance,
                killed_by: $claim,
                interleaving_only: $interleaving,
            },)*
        ];
    };
}

pub(crate) use faults;

//! A system's table of planted faults, written once.

/// Declares the faults, their names, the models' mutants that they are, and what each stands for:
/// the enumeration `Fault`, what is known of each (`Planted`, `FAULTS`), and the function from a
/// name to its fault. In brackets stands what a system knows of its faults besides; then each row
/// is the fault, its name, its twin, the values of what is in brackets, and what it stands for.
macro_rules! faults {
    ([$($(#[doc = $doc:literal])+ $field:ident: $kind:ty),*]
     $($fault:ident, $name:literal, $twin:expr, $($own:ident: $value:expr,)*
       $stands_for:literal;)*) => {
        /// A procedure that is done wrong. It can be put into a [`Config`](super::Config) where
        /// the feature `faults` is built in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $(#[doc = $stands_for] $fault,)*
        }

        /// What is known of a fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Planted {
            /// The fault.
            pub fault: Fault,
            /// Its name: stable, and unique.
            pub name: &'static str,
            /// The name of the same fault in a model of the protocol, if it has one there.
            pub twin: Option<&'static str>,
            $($(#[doc = $doc])+ pub $field: $kind,)*
            /// The real mistake that it is an instance of.
            pub stands_for: &'static str,
        }

        /// Every fault, in the order of [`Fault`].
        pub const FAULTS: &[Planted] = &[
            $(Planted {
                fault: Fault::$fault,
                name: $name,
                twin: $twin,
                $($own: $value,)*
                stands_for: $stands_for,
            },)*
        ];

        impl Fault {
            /// The fault of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                FAULTS.iter().find(|planted| planted.name == name).map(|planted| planted.fault)
            }
        }
    };
}

pub(crate) use faults;

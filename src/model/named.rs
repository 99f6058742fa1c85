//! Enums whose variants have a name outside the program: in answers, in stored rows, in arguments.
//!
//! The name stands beside the variant, once. It is not derived from the variant, so that renaming in the code never changes what
//! others rely on.

/// An enum with `ALL`, `name` and `parse`: a head `pub enum Type;`, then a line `Variant = "name";` for each variant.
macro_rules! named {
    ($(#[$meta:meta])* pub enum $type:ident; $($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $type { $($(#[$doc])* $variant,)* }

        impl $type {
            /// Every one, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The one of a name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }

            /// The one of a name.
            ///
            /// # Errors
            /// Every name there is, separated by commas, when it is none of them.
            pub fn among_known(name: &str) -> Result<Self, String> {
                let known = || Self::ALL.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
                Self::parse(name).ok_or_else(known)
            }
        }
    };
}

/// As [`named`], with a number beside the name, by which people quote it: `Variant = "F101" "name";`.
macro_rules! numbered {
    ($(#[$meta:meta])* pub enum $type:ident; $($(#[$doc:meta])* $variant:ident = $number:literal $name:literal;)*) => {
        $crate::model::named::named! { $(#[$meta])* pub enum $type; $($(#[$doc])* $variant = $name;)* }

        impl $type {
            /// The number, such as `F101`.
            #[must_use]
            pub const fn number(self) -> &'static str {
                match self { $(Self::$variant => $number,)* }
            }

            /// The one of a name or of a number.
            #[must_use]
            pub fn find(text: &str) -> Option<Self> {
                Self::parse(text).or_else(|| Self::ALL.iter().copied().find(|one| one.number() == text))
            }
        }
    };
}

pub(crate) use {named, numbered};

//! The vocabulary that every room shares: categories, levels, scopes.
//!
//! These are closed lists on purpose. A rule that names a category nobody else uses cannot be kept, counted or compared; so the
//! lists grow here, with the documentation, or not at all.

use std::fmt;
use std::str::FromStr;

/// Declares an enum whose variants have one kebab-case name each, used in rule files, options and reports alike.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident, $what:literal { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The name used in rule files, options and reports.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The value with this place in [`Self::ALL`].
            pub(crate) fn from_index(index: u8) -> Option<Self> {
                Self::ALL.get(usize::from(index)).copied()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| {
                    let all: Vec<_> = Self::ALL.iter().map(|v| v.as_str()).collect();
                    format!(concat!("unknown ", $what, " `{}`: one of {}"), text, all.join(", "))
                })
            }
        }
    };
}

named! {
    /// What kind of boilerplate a rule removes.
    Category, "category" {
        /// Bot and platform notices: votes, awards, rewards, payouts.
        Badge = "badge",
        /// Prices, quotes, scores and weather in a widget.
        Ticker = "ticker",
        /// Pointers to other stories and the headings above them.
        Related = "related",
        /// What readers wrote, with names, dates and reply links.
        Comment = "comment",
        /// Invitations to comment, comment forms and their controls.
        CommentPrompt = "comment-prompt",
        /// Who wrote it, on a line of its own.
        Byline = "byline",
        /// When and where it was published, tags, reading time, counters.
        PostMeta = "post-meta",
        /// Who the author is and where to follow them.
        AuthorBio = "author-bio",
        /// Who made the picture, who contributed, which agency it came from.
        Credit = "credit",
        /// A caption or alternative text of a picture that is not there.
        Caption = "caption",
        /// Share, follow and like buttons.
        Share = "share",
        /// Subscribe, sign-up, notification and app prompts.
        Newsletter = "newsletter",
        /// Advertising, calls to action, donation appeals.
        Promo = "promo",
        /// Copyright, terms, privacy, cookies, disclaimers.
        Legal = "legal",
        /// Menus, breadcrumbs, tables of contents, interface labels.
        Nav = "nav",
        /// Log in or subscribe to go on reading.
        Paywall = "paywall",
        /// Any other text that is not the article: debris of templates, scripts and encodings.
        Other = "other",
    }
}

named! {
    /// How sure a rule is; the level asked for switches on the rules of that level and of all before it.
    #[derive(Default)]
    Level, "level" {
        /// Hits noise only, on any page.
        Safe = "safe",
        /// Also formulas that need their guards to be safe.
        #[default]
        Normal = "normal",
        /// Also shapes and guesses.
        Aggressive = "aggressive",
    }
}

named! {
    /// What a rule claims when it matches.
    Scope, "scope" {
        /// The unit that matches.
        Line = "line",
        /// A run of adjacent units that all match.
        Run = "run",
        /// From an opener until prose resumes.
        Section = "section",
        /// From an opener to the end.
        Tail = "tail",
        /// A part of a sentence.
        Span = "span",
    }
}

impl Scope {
    /// Whether rules of this scope claim units that do not match themselves, so that the brake watches them.
    pub(crate) fn is_broad(self) -> bool {
        matches!(self, Scope::Section | Scope::Tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_mistakes_list_the_choices() {
        for category in Category::ALL {
            assert_eq!(category.as_str().parse::<Category>().as_ref(), Ok(category));
        }
        let error = "relatd".parse::<Category>().unwrap_err();
        assert!(error.contains("`relatd`") && error.contains("related"), "{error}");
    }

    #[test]
    fn levels_are_ordered_by_caution() {
        assert!(Level::Safe < Level::Normal && Level::Normal < Level::Aggressive);
    }
}

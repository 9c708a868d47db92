//! User code that panics: its attempt fails, and nothing else.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// A panic with this takes the whole worker with it, as if its machine had lost power.
#[derive(Clone, Copy, Debug)]
pub struct ProcessExit;

/// How user code has ended, if it did not return.
#[derive(Debug)]
pub(super) enum Crash {
    /// It has panicked with this message.
    Panic(String),
    /// It has ended its process.
    Exit,
}

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Panics of user code are reported as failures of attempts, and need not be printed as well.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_GUARDED.get() {
                former(info);
            }
        }));
    });
}

/// Runs something with user code in it. What it was in the midst of changing must not be used any
/// more if it panics.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Crash> {
    hush();
    IS_GUARDED.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(false);
    result.map_err(|payload| crash(&*payload))
}

fn crash(payload: &(dyn Any + Send)) -> Crash {
    if payload.is::<ProcessExit>() {
        return Crash::Exit;
    }
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    Crash::Panic(text.unwrap_or("a panic without a message").to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn a_panic_is_told_by_its_message() {
        assert!(matches!(guarded(|| 7), Ok(7)));
        let told = |result: Result<(), Crash>| match result {
            Err(Crash::Panic(text)) => text,
            other => format!("{other:?}"),
        };
        assert_eq!(told(guarded(|| panic!("one"))), "one");
        assert_eq!(told(guarded(|| panic!("{}", 2))), "2");
        assert_eq!(told(guarded(|| panic::panic_any(3))), "a panic without a message");
        assert_eq!(told(guarded(|| panic::panic_any(ProcessExit))), "Err(Exit)");
    }
}

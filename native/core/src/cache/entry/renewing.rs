//! Renewal in the background, ahead of the end.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;

use super::{Entry, IDLE_AFTER, State};
use crate::cache::fetch::Fetch;

/// What the background task does next.
enum Step {
    Sleep(Duration),
    AwaitLanding(watch::Receiver<u64>),
    Stop,
}

impl<F: Fetch> Entry<F> {
    /// Starts the background task where somebody is interested and it does not run yet.
    pub(super) fn keep_renewing(self: &Arc<Self>, state: &mut State<F::About>) {
        if state.renewing || self.interest.load(Ordering::Relaxed) == 0 {
            return;
        }
        state.renewing = true;
        let clock = Arc::clone(&self.clock);
        // It holds no entry while it sleeps, so that one without holders can go.
        let entry = Arc::downgrade(self);
        self.runtime.spawn(async move {
            loop {
                match step(&entry) {
                    Step::Sleep(pause) => clock.sleep(pause).await,
                    Step::AwaitLanding(mut landings) => {
                        let _ = landings.changed().await;
                    }
                    Step::Stop => break,
                }
            }
        });
    }

    fn next_step(self: &Arc<Self>) -> Step {
        let at = self.clock.reading();
        let mut state = self.state();
        let wanted = self.interest.load(Ordering::Relaxed) > 0
            && at.now.saturating_sub(state.asked) <= IDLE_AFTER;
        let valid = state.kept.as_ref().filter(|kept| kept.is_valid(at));
        let Some(due_in) = valid.map(|kept| kept.due_in(at)).filter(|_| wanted) else {
            state.renewing = false;
            return Step::Stop;
        };
        let held_back = state
            .failing
            .as_ref()
            .map_or(Duration::ZERO, |it| it.again.saturating_sub(at.now));
        let pause = due_in.max(held_back);
        if !pause.is_zero() && !state.flying {
            return Step::Sleep(pause);
        }
        let landings = self.landings();
        self.fly(&mut state, at.now);
        Step::AwaitLanding(landings)
    }
}

fn step<F: Fetch>(entry: &Weak<Entry<F>>) -> Step {
    entry
        .upgrade()
        .map_or(Step::Stop, |entry| entry.next_step())
}

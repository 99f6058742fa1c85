//! Calls that come at the same moment, worked on together: whatever waits when work can begin is one batch.
//!
//! Nobody waits for others to come: a hub with one caller works on each call at once, a busy one on all that came while it
//! worked on those before. There is no task behind it: the caller whose turn it is works for everybody who waits, and
//! hands the turn on. Where it fails or goes away in the middle of it, the others work each for themselves, so that one
//! call that cannot be worked on spoils no other.
//!
//! It does not know what a call is about; work that is not safe to repeat has no place in it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::ask::{Given, LookedUp, Sought};
use super::keys::KeyRow;
use crate::store::KeyedHash;

/// What a hub gathers: everything that each answer needs of the store.
#[derive(Default)]
pub(super) struct Gathers {
    /// Access keys, by the hash of their secret.
    pub keys: Gather<KeyedHash, Option<KeyRow>>,
    /// Whom questions may mean, and what is known about them.
    pub sought: Gather<Sought, LookedUp>,
    /// What is written down before it is told.
    pub given: Gather<Arc<Given>, ()>,
}

/// Calls in one batch. What comes beyond it waits for the next turn, so that no transaction grows without bound.
const MOST: usize = 256;

/// Calls `C` of one kind, each of which comes to an `R`.
pub(super) struct Gather<C, R>(Arc<Mutex<Line<C, R>>>);

struct Line<C, R> {
    waiting: Vec<Waiting<C, R>>,
    /// Whether somebody has the turn.
    is_at_work: bool,
}

struct Waiting<C, R> {
    call: C,
    told: oneshot::Sender<Told<C, R>>,
}

/// What a waiting caller hears.
enum Told<C, R> {
    /// Somebody worked on its call.
    Done(R),
    /// It is its turn.
    Turn(Turn<C, R>),
}

/// The right to work. Dropped, wherever that happens, it goes to the next who waits.
struct Turn<C, R>(Arc<Mutex<Line<C, R>>>);

impl<C, R> Default for Gather<C, R> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Line { waiting: Vec::new(), is_at_work: false })))
    }
}

impl<C: Clone, R> Gather<C, R> {
    /// What comes of a call. `work` answers calls in their order, and may be called again for some of them.
    ///
    /// # Errors
    /// Those of `work`, when it was called for this call alone.
    pub async fn join<E, F>(&self, call: C, work: impl Fn(Vec<C>) -> F) -> Result<R, E>
    where
        F: Future<Output = Result<Vec<R>, E>>,
    {
        let turn = match self.line_up(&call) {
            Ok(turn) => turn,
            Err(told) => match told.await {
                Ok(Told::Done(result)) => return Ok(result),
                Ok(Told::Turn(turn)) => turn,
                Err(_) => return alone(call, &work).await,
            },
        };
        let (calls, others): (Vec<C>, Vec<_>) = turn.take(call.clone());
        let worked = work(calls).await;
        drop(turn);
        match worked {
            Ok(results) => {
                let mut results = results.into_iter();
                let own =
                    results.next().expect("each call has a result, and the first is one's own");
                for (told, result) in others.into_iter().zip(results) {
                    // Whoever went away meanwhile needs no answer.
                    let _ = told.send(Told::Done(result));
                }
                Ok(own)
            }
            Err(failed) if others.is_empty() => Err(failed),
            Err(_) => {
                drop(others);
                alone(call, &work).await
            }
        }
    }

    /// The turn when nobody has it, otherwise a place among those who wait.
    fn line_up(&self, call: &C) -> Result<Turn<C, R>, oneshot::Receiver<Told<C, R>>> {
        let mut line = lock(&self.0);
        if !line.is_at_work {
            line.is_at_work = true;
            return Ok(Turn(Arc::clone(&self.0)));
        }
        let (told, hears) = oneshot::channel();
        line.waiting.push(Waiting { call: call.clone(), told });
        Err(hears)
    }
}

async fn alone<C, R, E, F>(call: C, work: &impl Fn(Vec<C>) -> F) -> Result<R, E>
where
    F: Future<Output = Result<Vec<R>, E>>,
{
    let mut results = work(vec![call]).await?;
    Ok(results.pop().expect("each call has a result"))
}

impl<C, R> Turn<C, R> {
    /// One's own call and those of everybody who waits, with where to tell them.
    fn take(&self, own: C) -> (Vec<C>, Vec<oneshot::Sender<Told<C, R>>>) {
        let mut line = lock(&self.0);
        let many = line.waiting.len().min(MOST - 1);
        let taken = line.waiting.drain(..many).map(|one| (one.call, one.told));
        let (mut calls, told): (Vec<C>, Vec<_>) = taken.unzip();
        calls.insert(0, own);
        (calls, told)
    }
}

impl<C, R> Drop for Turn<C, R> {
    fn drop(&mut self) {
        let next = {
            let mut line = lock(&self.0);
            if line.waiting.is_empty() {
                line.is_at_work = false;
                return;
            }
            line.waiting.remove(0)
        };
        // Outside the lock: if the next one went away, the turn comes back here and is dropped again.
        let _ = next.told.send(Told::Turn(Self(Arc::clone(&self.0))));
    }
}

fn lock<C, R>(line: &Mutex<Line<C, R>>) -> MutexGuard<'_, Line<C, R>> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::pin::pin;
    use std::task::Poll;

    use super::*;
    use futures_util::future::{join_all, poll_immediate};

    /// Doubles numbers; a batch with a 13 in it fails. Keeps what was worked on together.
    #[derive(Default)]
    struct Doubling(RefCell<Vec<Vec<u32>>>);

    impl Doubling {
        async fn work(&self, calls: Vec<u32>) -> Result<Vec<u32>, &'static str> {
            self.0.borrow_mut().push(calls.clone());
            tokio::task::yield_now().await;
            if calls.contains(&13) {
                return Err("unlucky");
            }
            Ok(calls.into_iter().map(|call| 2 * call).collect())
        }
    }

    #[tokio::test]
    async fn what_comes_while_somebody_works_is_one_batch() {
        let (gather, doubling) = (Gather::default(), Doubling::default());
        let calls = (1..=4).map(|call| gather.join(call, |calls| doubling.work(calls)));
        let results = join_all(calls).await;
        assert_eq!(results, [Ok(2), Ok(4), Ok(6), Ok(8)]);
        assert_eq!(*doubling.0.borrow(), [vec![1], vec![2, 3, 4]]);
    }

    #[tokio::test]
    async fn a_call_that_fails_spoils_no_other() {
        let (gather, doubling) = (Gather::default(), Doubling::default());
        let calls = [1, 2, 13, 4].map(|call| gather.join(call, |calls| doubling.work(calls)));
        let results = join_all(calls).await;
        assert_eq!(results, [Ok(2), Ok(4), Err("unlucky"), Ok(8)]);
        // Nobody has the turn any more.
        assert_eq!(gather.join(5, |calls| doubling.work(calls)).await, Ok(10));
    }

    #[tokio::test]
    async fn whoever_goes_away_takes_the_turn_along_from_nobody() {
        let (gather, doubling) = (Gather::default(), Doubling::default());
        {
            let mut first = pin!(gather.join(1, |calls| doubling.work(calls)));
            assert!(poll_immediate(first.as_mut()).await.is_none());
            let mut second = pin!(gather.join(2, |calls| doubling.work(calls)));
            assert!(poll_immediate(second.as_mut()).await.is_none());
            // The first ends and hands its turn to the second, who goes away without having heard.
            let _ = first.await;
        }
        assert_eq!(gather.join(3, |calls| doubling.work(calls)).await, Ok(6));
        // And in the middle of the work for another.
        let mut third = pin!(gather.join(3, |calls| doubling.work(calls)));
        assert!(poll_immediate(third.as_mut()).await.is_none());
        {
            let mut fourth = Box::pin(gather.join(4, |calls| doubling.work(calls)));
            let fifth = gather.join(5, |calls| doubling.work(calls));
            let mut fifth = pin!(fifth);
            assert!(poll_immediate(fourth.as_mut()).await.is_none());
            assert!(poll_immediate(fifth.as_mut()).await.is_none());
            assert_eq!(third.await, Ok(6));
            assert!(poll_immediate(fourth.as_mut()).await.is_none());
            drop(fourth);
            assert_eq!(fifth.await, Ok(10));
        }
    }

    #[tokio::test]
    async fn a_batch_is_bounded() {
        let (gather, doubling) = (Gather::default(), Doubling::default());
        let many = u32::try_from(2 * MOST).expect("a small number");
        let calls = (100..100 + many).map(|call| gather.join(call, |calls| doubling.work(calls)));
        assert!(join_all(calls).await.iter().all(Result::is_ok));
        assert!(doubling.0.borrow().iter().all(|batch| batch.len() <= MOST));
    }

    #[tokio::test]
    async fn a_call_alone_waits_for_nobody() {
        let gather = Gather::default();
        let mut call = pin!(gather.join(1, |calls: Vec<u32>| async move { Ok::<_, ()>(calls) }));
        let polled = futures_util::poll!(call.as_mut());
        assert_eq!(polled, Poll::Ready(Ok(1)));
    }
}

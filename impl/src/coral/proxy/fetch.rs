//! How content is fetched, kept, served and announced.

use std::collections::BTreeMap;
use std::time::Duration;

use super::machine::{Context, Taken, require};
use super::message::{Delivery, Message, Reason, Source, Timer};
use super::{Cached, Fetch, Proxy, Stage};
use crate::coral;
use crate::identifier::{Sha1Id, Xor};
use crate::machine::{Input, Nonce, Time};

impl<I: Xor> Proxy<I> {
    /// The content, if it is still kept.
    fn kept(&self, key: I, now: Time) -> Option<&Vec<u8>> {
        self.cache.get(&key).filter(|cached| cached.until > now).map(|cached| &cached.content)
    }

    /// A user wants content: it is served from the cache, waits with others for the same content,
    /// or a fetch begins with the index.
    ///
    /// Source: CORAL-20, CORAL-50.
    pub(super) fn request(
        &mut self,
        key: I,
        digest: Option<Sha1Id>,
        fresh: Nonce,
        context: &mut Context<'_, I>,
    ) -> Taken {
        if let Some(content) = self.kept(key, context.now).filter(|it| has_digest(it, digest)) {
            let (content, source) = (content.clone(), Source::Cache);
            context.deliver(Delivery::Served { request: fresh, content, source });
            return Ok(());
        }
        let is_known = |fetch: &Fetch<I>| fetch.nonce == fresh || fetch.users.contains(&fresh);
        require(!self.fetches.values().any(is_known), Reason::UnderWay)?;
        if let Some(fetch) = self.fetches.get_mut(&key) {
            let has_room = fetch.users.len() < usize::from(self.config.waiting);
            require(has_room, Reason::TooMany)?;
            let agrees = digest.is_none() || fetch.digest.is_none() || digest == fetch.digest;
            require(agrees, Reason::AnotherDigest)?;
            fetch.digest = fetch.digest.or(digest);
            fetch.users.push(fresh);
            return Ok(());
        }
        let has_room = self.fetches.len() < usize::from(self.config.fetches);
        require(has_room, Reason::TooMany)?;
        let fetch = Fetch {
            nonce: fresh,
            digest,
            stage: Stage::Index,
            sources: Vec::new(),
            users: vec![fresh],
            peers: BTreeMap::new(),
        };
        self.fetches.insert(key, fetch);
        let command = coral::Command::Get { key };
        let is_asked = self.config.cooperates
            && self.index(Input::Command { command, fresh }, context).is_ok();
        if !is_asked {
            // The index has too much to do, or is not used: the origin is left.
            self.sources_found(key, &[], context);
        }
        Ok(())
    }

    /// The index has said who has the content, and the fetch itself begins: others may hear of it.
    ///
    /// Source: CORAL-19.
    pub(super) fn sources_found(
        &mut self,
        key: I,
        values: &[Vec<u8>],
        context: &mut Context<'_, I>,
    ) {
        let me = self.node.me();
        let named = values.iter().filter_map(|value| Self::named(value));
        let mut sources: Vec<I> = named.filter(|source| *source != me).collect();
        sources.sort_unstable();
        sources.dedup();
        if let Some(fetch) = self.fetches.get_mut(&key) {
            fetch.sources = sources;
            if self.config.cooperates {
                context.set(Timer::Announce { key }, Duration::ZERO);
            }
            self.next_source(key, context);
        }
    }

    /// The next one is asked for the content: another proxy, or the origin if none is left.
    ///
    /// Source: CORAL-20.
    pub(super) fn next_source(&mut self, key: I, context: &mut Context<'_, I>) {
        let Some(fetch) = self.fetches.get_mut(&key) else { return };
        if let Some(peer) = fetch.sources.pop() {
            fetch.stage = Stage::Peer(peer);
            context.send(peer, Message::ContentRequest { nonce: fetch.nonce, key });
            context.set(Timer::Peer { key }, self.config.peer);
        } else {
            fetch.stage = Stage::Origin;
            context.deliver(Delivery::AskOrigin { key });
        }
    }

    /// Another proxy wants content: it gets what is kept, or waits for what is being fetched.
    ///
    /// Source: CORAL-20.
    pub(super) fn content_requested(
        &mut self,
        from: I,
        nonce: Nonce,
        key: I,
        context: &mut Context<'_, I>,
    ) {
        let content = self.kept(key, context.now).cloned();
        let most = usize::from(self.config.waiting);
        let fetch = self.fetches.get_mut(&key).filter(|fetch| fetch.peers.len() < most);
        match (&content, fetch) {
            (None, Some(fetch)) => {
                fetch.peers.insert(from, nonce);
            }
            _ => context.send(from, Message::ContentReply { nonce, key, content }),
        }
    }

    /// Another proxy has sent content, or has none. What has not the digest, or is too long, is as
    /// good as nothing.
    ///
    /// Source: CORAL-50.
    pub(super) fn content_replied(
        &mut self,
        from: I,
        nonce: Nonce,
        key: I,
        content: Option<Vec<u8>>,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let fetch = self.fetches.get(&key).ok_or(Reason::Unasked)?;
        let is_asked = fetch.stage == Stage::Peer(from) && fetch.nonce == nonce;
        require(is_asked, Reason::Unasked)?;
        context.cancel(Timer::Peer { key });
        match content.filter(|it| self.is_acceptable(it, fetch.digest)) {
            Some(content) => self.finish(key, content, Source::Peer(from), context),
            None => self.next_source(key, context),
        }
        Ok(())
    }

    /// The origin has answered.
    ///
    /// Source: CORAL-20.
    pub(super) fn origin_replied(
        &mut self,
        key: I,
        content: Option<Vec<u8>>,
        context: &mut Context<'_, I>,
    ) -> Taken {
        let fetch = self.fetches.get(&key).ok_or(Reason::Unasked)?;
        require(fetch.stage == Stage::Origin, Reason::Unasked)?;
        if let Some(content) = content.filter(|it| self.is_acceptable(it, fetch.digest)) {
            self.finish(key, content, Source::Origin, context);
            return Ok(());
        }
        let Some(fetch) = self.fetches.remove(&key) else { return Ok(()) };
        for request in fetch.users {
            context.deliver(Delivery::Failed { request });
        }
        for (peer, nonce) in fetch.peers {
            context.send(peer, Message::ContentReply { nonce, key, content: None });
        }
        Ok(())
    }

    fn is_acceptable(&self, content: &[u8], digest: Option<Sha1Id>) -> bool {
        content.len() <= self.config.content as usize && has_digest(content, digest)
    }

    /// The content is there: it is kept, whoever waits gets it, and others may hear of it.
    ///
    /// Source: CORAL-19, CORAL-20.
    fn finish(
        &mut self,
        key: I,
        content: Vec<u8>,
        source: Source<I>,
        context: &mut Context<'_, I>,
    ) {
        let Some(fetch) = self.fetches.remove(&key) else { return };
        for request in fetch.users {
            context.deliver(Delivery::Served { request, content: content.clone(), source });
        }
        for (peer, nonce) in fetch.peers {
            let content = Some(content.clone());
            context.send(peer, Message::ContentReply { nonce, key, content });
        }
        self.keep(key, content, context);
        if self.config.cooperates {
            context.set(Timer::Announce { key }, Duration::ZERO);
        }
    }

    /// What is kept least long from now on makes room.
    fn keep(&mut self, key: I, content: Vec<u8>, context: &mut Context<'_, I>) {
        let most = usize::from(self.config.cached);
        while self.cache.len() >= most && !self.cache.contains_key(&key) {
            let first_to_go = self.cache.iter().min_by_key(|(_, cached)| cached.until);
            let Some(first_to_go) = first_to_go.map(|(key, _)| *key) else { return };
            self.cache.remove(&first_to_go);
            context.cancel(Timer::Renew { key: first_to_go });
        }
        let until = context.now.after(self.config.keep);
        self.cache.insert(key, Cached { content, until });
    }

    /// The proxy's own address is put: with a long life, and again later, if the content is there;
    /// with a short one while it is being fetched.
    ///
    /// Source: CORAL-19.
    pub(super) fn announce(&mut self, key: I, fresh: Nonce, context: &mut Context<'_, I>) -> Taken {
        let is_kept = self.kept(key, context.now).is_some();
        let is_fetched = self.fetches.contains_key(&key);
        require((is_kept || is_fetched) && self.config.cooperates, Reason::NotWaiting)?;
        let ttl = if is_kept { self.config.long } else { self.config.short };
        if is_kept {
            context.set(Timer::Renew { key }, self.config.renew);
        }
        let command = coral::Command::Put { key, value: Self::address(self.node.me()), ttl };
        // If the index has too much to do, the next renewal will do.
        let _ = self.index(Input::Command { command, fresh }, context);
        Ok(())
    }
}

/// Whether content is what the user wants, as far as the user can tell.
///
/// Source: CORAL-50.
fn has_digest(content: &[u8], digest: Option<Sha1Id>) -> bool {
    digest.is_none_or(|digest| Sha1Id::of(content) == digest)
}

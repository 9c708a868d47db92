//! The plan is carried out: each fault begins, and those that last end.

use std::time::Duration;

use straightedge_impl::machine::Time;

use super::network::Cut;
use super::plan::{Fault, NodeIndex, Return, Stretch};
use super::random::MILLION;
use super::system::{Nodes, Observer, System};
use super::tally::Happening;
use super::world::{Event, What, World};

const fn moment(milliseconds: u64) -> Time {
    Time::ORIGIN.after(Duration::from_millis(milliseconds))
}

impl<S: System, O: Observer<S::Machine>> World<S, O> {
    /// Puts the beginning of each fault, and its end if it lasts, among what is going to happen.
    pub(crate) fn schedule_faults(&mut self) {
        for (number, fault) in self.plan.faults.iter().enumerate() {
            let (begins, ends) = match fault {
                Fault::Crash { at_ms, .. }
                | Fault::Arrive { at_ms, .. }
                | Fault::Leave { at_ms, .. } => (*at_ms, None),
                Fault::Partition { during, .. }
                | Fault::Slow { during, .. }
                | Fault::Loss { during, .. }
                | Fault::Duplication { during, .. }
                | Fault::Reordering { during, .. } => (during.at_ms, Some(during.end_ms())),
            };
            self.queue.push(moment(begins), of_the_plan(What::FaultBegins(number)));
            if let Some(ends) = ends {
                self.queue.push(moment(ends), of_the_plan(What::FaultEnds(number)));
            }
        }
    }

    pub(crate) fn fault_begins(&mut self, number: usize) {
        let Some(fault) = self.plan.faults.get(number).cloned() else { return };
        match fault {
            Fault::Crash { node, back, .. } => self.crash(number, node, back),
            Fault::Arrive { node, .. } => self.arrive(node),
            Fault::Leave { node, .. } => self.leave(node),
            Fault::Partition { from, to, .. } => {
                self.tally.count(Happening::Partitioned);
                self.weather.cuts.push(Cut::new(number, &from, &to));
            }
            Fault::Slow { node, by_ms, .. } => {
                if let Some(place) = self.places.get_mut(node as usize) {
                    self.tally.count(Happening::SlowedDown);
                    place.slow_by = Duration::from_millis(by_ms);
                }
            }
            Fault::Loss { .. } | Fault::Duplication { .. } | Fault::Reordering { .. } => {
                self.change_weather();
            }
        }
    }

    pub(crate) fn fault_ends(&mut self, number: usize) {
        let Some(fault) = self.plan.faults.get(number).cloned() else { return };
        match fault {
            Fault::Crash { node, back: Some(back), .. } => self.come_back(node, back),
            Fault::Partition { .. } => self.weather.cuts.retain(|cut| cut.fault != number),
            Fault::Slow { node, .. } => {
                if let Some(place) = self.places.get_mut(node as usize) {
                    place.slow_by = Duration::ZERO;
                }
            }
            Fault::Loss { .. } | Fault::Duplication { .. } | Fault::Reordering { .. } => {
                self.change_weather();
            }
            Fault::Crash { .. } | Fault::Arrive { .. } | Fault::Leave { .. } => {}
        }
    }

    fn crash(&mut self, number: usize, node: NodeIndex, back: Option<Return>) {
        let nodes = Nodes(&self.places);
        let Some(machine) = nodes.machine(node) else { return };
        if !self.system.may_crash(&nodes, node) {
            self.tally.count(Happening::CrashWithheld);
            return;
        }
        let disk = self.system.disk(machine);
        self.places[node as usize].disk = Some(disk);
        self.stop(node);
        self.tally.count(Happening::Crashed);
        if let Some(back) = back {
            let after = Duration::from_millis(back.after_ms);
            self.queue.push(self.now.after(after), of_the_plan(What::FaultEnds(number)));
        }
    }

    fn come_back(&mut self, node: NodeIndex, back: Return) {
        let Some(place) = self.places.get_mut(node as usize) else { return };
        if place.machine.is_some() {
            return;
        }
        let disk = place.disk.take().filter(|_| back.disk);
        let happening = if disk.is_some() {
            Happening::RestartedWithDisk
        } else {
            Happening::RestartedWithoutDisk
        };
        self.tally.count(happening);
        let nodes = Nodes(&self.places);
        let begin = self.system.later(node, disk, &nodes, &mut self.application);
        self.begin(node, begin);
    }

    fn arrive(&mut self, node: NodeIndex) {
        let is_new = self.places.get(node as usize).is_some_and(|place| place.life == 0);
        if !is_new {
            return;
        }
        self.tally.count(Happening::Arrived);
        let nodes = Nodes(&self.places);
        let begin = self.system.later(node, None, &nodes, &mut self.application);
        self.begin(node, begin);
    }

    fn leave(&mut self, node: NodeIndex) {
        let is_there = self.nodes().machine(node).is_some();
        let Some(command) = self.system.leave().filter(|_| is_there) else { return };
        // To its peers a node that leaves has failed.
        if !self.system.may_crash(&self.nodes(), node) {
            self.tally.count(Happening::CrashWithheld);
            return;
        }
        self.tally.count(Happening::Left);
        self.command(node, Duration::ZERO, command);
    }

    /// What the faults that last do together at this moment.
    fn change_weather(&mut self) {
        let now = self.now;
        let is_on = |during: &Stretch| moment(during.at_ms) <= now && now < moment(during.end_ms());
        let weather = &mut self.weather;
        weather.loss_per_million = 0;
        weather.duplication_per_million = 0;
        weather.reordering_per_million = 0;
        weather.reordering_by = Duration::ZERO;
        for fault in &self.plan.faults {
            let (total, part) = match fault {
                Fault::Loss { during, per_million } if is_on(during) => {
                    (&mut weather.loss_per_million, per_million)
                }
                Fault::Duplication { during, per_million } if is_on(during) => {
                    (&mut weather.duplication_per_million, per_million)
                }
                Fault::Reordering { during, per_million, by_ms } if is_on(during) => {
                    let by = Duration::from_millis(*by_ms);
                    weather.reordering_by = weather.reordering_by.max(by);
                    (&mut weather.reordering_per_million, per_million)
                }
                _ => continue,
            };
            *total = total.saturating_add(*part).min(MILLION);
        }
    }
}

fn of_the_plan<M: straightedge_impl::machine::Machine>(what: What<M>) -> Event<M> {
    Event { node: 0, life: 0, has_waited: false, what }
}

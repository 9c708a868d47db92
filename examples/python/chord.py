"""Corrected Chord, after specs/chord.md: nodes that join, stabilize, rectify and fail.

    straightedge drive chord -- python3 examples/python/chord.py
"""

import sys

from harness import NotSupported, bug_of, guard, serve

ACTIONS = (
    "join",
    "stabilize_from_successor",
    "stabilize_from_predecessor",
    "rectify",
    "fail",
    "leave",
)
BUGS = ("adopt_without_asking", "keep_dead_predecessor", "drop_notification")


def between(a, b, c):
    """Whether b lies strictly inside the arc that leads clockwise from a to c (CHORD-1)."""
    if a < c:
        return a < b < c
    return a < b or b < c


class Node:
    """What one member remembers (CHORD-3)."""

    def __init__(self, identifier, successors, predecessor):
        self.identifier = identifier
        self.successors = successors
        self.predecessor = predecessor
        self.candidate = None
        self.notifiers = []

    @property
    def head(self):
        return self.successors[0]

    def adopt(self, successor, its_list):
        """A successor, and behind it all that it lists but the last."""
        self.successors = [successor] + its_list[:-1]

    def notified_by(self, other, pending):
        """A notification waits until it is looked at (CHORD-10)."""
        if pending == "notifier_set":
            if other not in self.notifiers:
                self.notifiers.append(other)
        elif all(between(old, other, self.identifier) for old in self.notifiers):
            self.notifiers = [other]


class Network:
    """The nodes that are up. Who asks a node that is not here finds it dead (CHORD-2)."""

    def __init__(self, parameters, bug):
        self.circle = parameters.get("nodes") or 1 << parameters["identifier_bits"]
        self.length = parameters["successors"]
        self.pending = parameters.get("pending", "notifier_set")
        self.may_rejoin = parameters.get("rejoin", True)
        self.bug = bug
        known_pending = self.pending in ("notifier_set", "best_notifier")
        is_corrected = parameters.get("protocol", "corrected") == "corrected"
        if not (known_pending and is_corrected) or parameters.get("rotations"):
            raise NotSupported()
        self.departed = set()
        self.nodes = {}
        ring = sorted(parameters.get("members") or range(self.length + 1))
        for place, identifier in enumerate(ring):
            behind = ring[place - 1]
            ahead = [ring[(place + step) % len(ring)] for step in range(1, self.length + 1)]
            self.nodes[identifier] = Node(identifier, ahead, behind)

    def observe(self):
        """Who is no member is null: it is seen that there is nothing."""
        members = dict.fromkeys(map(str, range(self.circle)))
        for identifier, node in self.nodes.items():
            members[str(identifier)] = {
                "successors": node.successors,
                "predecessor": node.predecessor,
                "candidate": node.candidate,
                "notifiers": sorted(node.notifiers),
            }
        return {"members": members}

    def member(self, identifier):
        guard(identifier in self.nodes, "%s is no member" % identifier)
        return self.nodes[identifier]

    def notify(self, identifier, notifier):
        """A notification to a dead node is lost."""
        if identifier in self.nodes:
            self.nodes[identifier].notified_by(notifier, self.pending)

    def join(self, node, via):
        """CHORD-5."""
        guard(node not in self.nodes, "it is a member already")
        guard(self.may_rejoin or node not in self.departed, "it was a member before")
        behind = self.member(via)
        guard(between(via, node, behind.head), "it does not belong behind %s" % via)
        self.nodes[node] = Node(node, list(behind.successors), via)

    def fail(self, node):
        """CHORD-6. All that it remembers is gone."""
        self.member(node)
        del self.nodes[node]
        self.departed.add(node)

    # To its peers, a member that leaves has failed (CHORD-24).
    leave = fail

    def stabilize_from_successor(self, node):
        """CHORD-7."""
        member = self.member(node)
        guard(member.candidate is None, "it waits for its candidate")
        head = self.nodes.get(member.head)
        if head is None:
            padding = (member.successors[-1] + 1) % self.circle
            member.successors = member.successors[1:] + [padding]
            self.notify(member.head, node)
            return
        member.adopt(head.identifier, head.successors)
        if head.predecessor is not None and between(node, head.predecessor, head.identifier):
            member.candidate = head.predecessor
        else:
            self.notify(head.identifier, node)

    def stabilize_from_predecessor(self, node):
        """CHORD-8."""
        member = self.member(node)
        guard(member.candidate is not None, "it has no candidate")
        guard(between(node, member.candidate, member.head), "its candidate is not before its head")
        asked, member.candidate = member.candidate, None
        candidate = self.nodes.get(asked)
        if candidate is not None:
            member.adopt(asked, candidate.successors)
        elif self.bug == "adopt_without_asking":
            member.adopt(asked, member.successors)
        self.notify(member.head, node)

    def rectify(self, node, **source):
        """CHORD-9."""
        member, notifier = self.member(node), source["from"]
        guard(notifier in member.notifiers, "%s has not notified it" % notifier)
        member.notifiers.remove(notifier)
        old = member.predecessor
        is_closer = old is None or between(old, notifier, node)
        is_dead = old not in self.nodes and self.bug != "keep_dead_predecessor"
        if self.bug == "drop_notification":
            is_closer = False
        if is_closer or is_dead:
            member.predecessor = notifier


if __name__ == "__main__":
    BUG = bug_of(sys.argv[1:], BUGS)
    serve("chord", lambda parameters: Network(parameters, BUG), ACTIONS)

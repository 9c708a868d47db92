"""The line protocol of `straightedge drive` (specs/harness.md): one JSON object a line."""

import json
import sys

VERSION = 1


class Refused(Exception):
    """The action is not taken, and nothing has changed."""


class NotSupported(Exception):
    """There is no such action, or no such instance."""


def guard(condition, reason):
    """Refuses the action unless the condition is met."""
    if not condition:
        raise Refused(reason)


def bug_of(arguments, known):
    """The name after --bug, if there is one."""
    if not arguments:
        return None
    if len(arguments) == 2 and arguments[0] == "--bug" and arguments[1] in known:
        return arguments[1]
    sys.exit("usage: [--bug %s]" % "|".join(known))


def serve(system, begin, actions):
    """Answers until `bye`, or until nobody asks any more.

    `begin(parameters)` makes the system at its beginning. It has a method for each of the actions,
    which takes the action's fields, and `observe()`, which shows its state.
    """
    parameters, running = None, None
    for line in sys.stdin:
        message = json.loads(line)
        kind = message["type"]
        if kind == "bye":
            return
        try:
            if kind == "init":
                if message["protocol"] != VERSION or message["system"] != system:
                    raise NotSupported()
                parameters = message["parameters"]
                begin(parameters)
                answer = {"type": "init_ok", "protocol": VERSION, "actions": list(actions)}
            elif kind == "reset":
                running = begin(parameters)
                answer = {"type": "ok", "state": running.observe()}
            elif kind == "observe":
                answer = {"type": "ok", "state": running.observe()}
            elif kind == "step":
                ((name, fields),) = message["action"].items()
                if name not in actions:
                    raise NotSupported()
                getattr(running, name)(**fields)
                answer = {"type": "ok", "state": running.observe()}
            else:
                sys.exit("a message of an unknown type: %s" % kind)
        except Refused as refused:
            answer = {"type": "refused", "reason": str(refused)}
        except NotSupported:
            answer = {"type": "unsupported"}
        print(json.dumps({"id": message["id"], **answer}), flush=True)

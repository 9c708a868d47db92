/* Corrected Chord, after specs/chord.md: nodes that join, stabilize, rectify and fail.
 *
 *     cc -std=c11 -O2 -o chord chord.c harness.c
 *     straightedge drive chord -- ./chord
 */
#include "harness.h"

#include <stdio.h>
#include <string.h>

enum { MOST_NODES = 64, MOST_SUCCESSORS = 8, NOBODY = -1 };

/* What one member remembers (CHORD-3). */
typedef struct {
    bool is_member, has_departed;
    int successors[MOST_SUCCESSORS];
    int predecessor, candidate;
    bool notified_by[MOST_NODES];
} Node;

static struct {
    int circle, length;
    bool keeps_all_notifiers, may_rejoin;
    Node nodes[MOST_NODES];
} network;

static const char *bug;

static bool has_bug(const char *name)
{
    return bug && strcmp(bug, name) == 0;
}

/* Whether b lies strictly inside the arc that leads clockwise from a to c (CHORD-1). */
static bool between(int a, int b, int c)
{
    return a < c ? a < b && b < c : a < b || b < c;
}

/* A member, or NULL: who asks a node that is not there finds it dead (CHORD-2). */
static Node *member(int id)
{
    bool is_there = id >= 0 && id < network.circle && network.nodes[id].is_member;
    return is_there ? &network.nodes[id] : NULL;
}

/* A successor, and behind it all that it lists but the last. */
static void adopt(Node *node, int successor, const int *its_list)
{
    int list[MOST_SUCCESSORS] = { successor };
    for (int i = 1; i < network.length; i++)
        list[i] = its_list[i - 1];
    memcpy(node->successors, list, sizeof list);
}

/* A notification waits until it is looked at, and to a dead node it is lost (CHORD-10). */
static void notify(int id, int notifier)
{
    Node *node = member(id);
    if (!node)
        return;
    if (!network.keeps_all_notifiers) {
        for (int old = 0; old < network.circle; old++)
            if (node->notified_by[old] && !between(old, notifier, id))
                return;
        memset(node->notified_by, 0, sizeof node->notified_by);
    }
    node->notified_by[notifier] = true;
}

/* CHORD-5. */
static Outcome join(int id, int via)
{
    Node *node = &network.nodes[id], *behind = member(via);
    if (node->is_member)
        return refuse("it is a member already");
    if (node->has_departed && !network.may_rejoin)
        return refuse("it was a member before");
    if (!behind || !between(via, id, behind->successors[0]))
        return refuse("it does not belong there");
    *node = (Node){ .is_member = true, .predecessor = via, .candidate = NOBODY };
    memcpy(node->successors, behind->successors, sizeof node->successors);
    return DONE;
}

/* CHORD-6; to its peers, a member that leaves has failed (CHORD-24). */
static Outcome fail(int id)
{
    if (!member(id))
        return refuse("it is no member");
    network.nodes[id] = (Node){ .has_departed = true };
    return DONE;
}

/* CHORD-7. */
static Outcome stabilize_from_successor(int id)
{
    Node *node = member(id);
    if (!node)
        return refuse("it is no member");
    if (node->candidate != NOBODY)
        return refuse("it waits for its candidate");
    int head = node->successors[0], last = network.length - 1;
    Node *successor = member(head);
    if (!successor) {
        int padding = (node->successors[last] + 1) % network.circle;
        memmove(node->successors, node->successors + 1, (size_t)last * sizeof(int));
        node->successors[last] = padding;
        notify(node->successors[0], id);
        return DONE;
    }
    int candidate = successor->predecessor;
    adopt(node, head, successor->successors);
    if (candidate != NOBODY && between(id, candidate, head))
        node->candidate = candidate;
    else
        notify(head, id);
    return DONE;
}

/* CHORD-8. */
static Outcome stabilize_from_predecessor(int id)
{
    Node *node = member(id);
    if (!node || node->candidate == NOBODY)
        return refuse("it has no candidate");
    if (!between(id, node->candidate, node->successors[0]))
        return refuse("its candidate is not before its head");
    Node *candidate = member(node->candidate);
    if (candidate)
        adopt(node, node->candidate, candidate->successors);
    else if (has_bug("adopt_without_asking"))
        adopt(node, node->candidate, node->successors);
    node->candidate = NOBODY;
    notify(node->successors[0], id);
    return DONE;
}

/* CHORD-9. */
static Outcome rectify(int id, int notifier)
{
    Node *node = member(id);
    if (!node || !node->notified_by[notifier])
        return refuse("it was not notified by that node");
    node->notified_by[notifier] = false;
    int old = node->predecessor;
    bool is_closer = old == NOBODY || between(old, notifier, id);
    bool is_dead = !member(old) && !has_bug("keep_dead_predecessor");
    if (has_bug("drop_notification"))
        is_closer = false;
    if (is_closer || is_dead)
        node->predecessor = notifier;
    return DONE;
}

static const char *const ACTIONS[] = {
    "join", "stabilize_from_successor", "stabilize_from_predecessor", "rectify", "fail", "leave",
    NULL,
};

static Outcome step(const char *action, Json fields)
{
    int id = json_number(json_member(fields, "node"), NOBODY);
    int via = json_number(json_member(fields, "via"), NOBODY);
    int from = json_number(json_member(fields, "from"), NOBODY);
    if (id < 0 || id >= network.circle || via >= network.circle || from >= network.circle)
        return refuse("there is no such node");
    if (strcmp(action, "join") == 0)
        return join(id, via);
    if (strcmp(action, "stabilize_from_successor") == 0)
        return stabilize_from_successor(id);
    if (strcmp(action, "stabilize_from_predecessor") == 0)
        return stabilize_from_predecessor(id);
    if (strcmp(action, "rectify") == 0)
        return from < 0 ? refuse("nobody has notified it") : rectify(id, from);
    return fail(id);
}

static bool is_or_missing(Json value, const char *expected)
{
    return !value.text || json_is(value, expected);
}

/* A first ring of these members, or of the lowest (CHORD-4). */
static bool begin(Json parameters)
{
    int bits = json_number(json_member(parameters, "identifier_bits"), 0);
    int circle = json_number(json_member(parameters, "nodes"), 1 << bits);
    int length = json_number(json_member(parameters, "successors"), 0);
    Json pending = json_member(parameters, "pending");
    bool keeps_all = is_or_missing(pending, "notifier_set");
    bool is_known = is_or_missing(json_member(parameters, "protocol"), "corrected")
        && (keeps_all || json_is(pending, "best_notifier"))
        && !json_truth(json_member(parameters, "rotations"), false);
    if (!is_known || circle < 2 || circle > MOST_NODES || length < 1 || length > MOST_SUCCESSORS)
        return false;
    int ring[MOST_NODES];
    int size = json_numbers(json_member(parameters, "members"), ring, MOST_NODES);
    if (size < 0)
        for (size = 0; size <= length; size++)
            ring[size] = size;
    memset(&network, 0, sizeof network);
    network.circle = circle;
    network.length = length;
    network.keeps_all_notifiers = keeps_all;
    network.may_rejoin = json_truth(json_member(parameters, "rejoin"), true);
    for (int place = 0; place < size; place++) {
        Node *node = &network.nodes[ring[place]];
        *node = (Node){ .is_member = true, .candidate = NOBODY };
        node->predecessor = ring[(place + size - 1) % size];
        for (int i = 0; i < length; i++)
            node->successors[i] = ring[(place + 1 + i) % size];
    }
    return true;
}

static void print_or_null(const char *name, int id)
{
    if (id == NOBODY)
        printf("\"%s\":null,", name);
    else
        printf("\"%s\":%d,", name, id);
}

/* Who is no member is null: it is seen that there is nothing. */
static void observe(void)
{
    printf("{\"members\":{");
    for (int id = 0; id < network.circle; id++) {
        const Node *node = member(id);
        printf("%s\"%d\":", id ? "," : "", id);
        if (!node) {
            printf("null");
            continue;
        }
        printf("{\"successors\":[");
        for (int i = 0; i < network.length; i++)
            printf("%s%d", i ? "," : "", node->successors[i]);
        printf("],");
        print_or_null("predecessor", node->predecessor);
        print_or_null("candidate", node->candidate);
        printf("\"notifiers\":[");
        const char *comma = "";
        for (int other = 0; other < network.circle; other++)
            if (node->notified_by[other]) {
                printf("%s%d", comma, other);
                comma = ",";
            }
        printf("]}");
    }
    printf("}}");
}

int main(int count, char **arguments)
{
    static const char *const BUGS[] = {
        "adopt_without_asking", "keep_dead_predecessor", "drop_notification", NULL,
    };
    static const System SYSTEM = { "chord", ACTIONS, begin, step, observe };
    bug = bug_of(count, arguments, BUGS);
    return serve(&SYSTEM);
}

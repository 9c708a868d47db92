/* The line protocol of `straightedge drive` (specs/harness.md): one JSON object a line.
 *
 * Reads the little of JSON that the protocol needs, and writes answers. */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>

/* A JSON value inside a line that was read; it lives until the next line is read. */
typedef struct { const char *text; } Json;

/* A member of an object; `text` is NULL if there is none. */
Json json_member(Json object, const char *name);
/* The only member of an object: its value, and its name in `name`. */
Json json_only(Json object, char *name, size_t size);
/* A number, or the other value if it is none. */
int json_number(Json value, int otherwise);
/* Whether it is `true`, or the other value if it is no truth value. */
bool json_truth(Json value, bool otherwise);
/* Whether it is this string; strings of the protocol's own have no escapes. */
bool json_is(Json value, const char *string);
/* The entries of an array, as numbers; how many there are, or -1 if it is no array. */
int json_numbers(Json value, int *numbers, int most);

/* What becomes of an action. */
typedef enum { DONE, REFUSED, UNSUPPORTED } Outcome;

/* Refuses an action with a reason: `return refuse("...")`. */
Outcome refuse(const char *reason);

/* A system that is driven. */
typedef struct {
    const char *name;
    /* The names of its actions, with NULL at the end. */
    const char *const *actions;
    /* Goes to the beginning of an instance; false if that is beyond it. */
    bool (*begin)(Json parameters);
    /* Takes an action. */
    Outcome (*step)(const char *action, Json fields);
    /* Writes the state as a JSON object to the standard output. */
    void (*observe)(void);
} System;

/* Answers until `bye`, or until nobody asks any more. */
int serve(const System *system);

/* The name after --bug among those known, with NULL at the end; NULL if there is none. Ends the
 * program if the arguments are others. */
const char *bug_of(int count, char **arguments, const char *const *known);

#endif

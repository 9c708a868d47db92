#define _POSIX_C_SOURCE 200809L /* getline */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, LONGEST_NAME = 64 };

static const char *reason_of_refusal;

Outcome refuse(const char *reason)
{
    reason_of_refusal = reason;
    return REFUSED;
}

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *after_string(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

/* Behind a value: strings are skipped whole, and brackets are counted. */
static const char *after_value(const char *at)
{
    int depth = 0;
    do {
        if (*at == '"') {
            at = after_string(at);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        at++;
        if (depth == 0 && strchr(",]} \t\r\n", *at))
            break;
    } while (*at && depth >= 0 && (depth > 0 || !strchr(",]}", *at)));
    return at;
}

/* The next member of an object or entry of an array, from behind the bracket or the last value;
 * NULL at the end. */
static const char *next(const char *at)
{
    at = skip_space(at);
    if (*at == ',')
        at = skip_space(at + 1);
    return *at && *at != '}' && *at != ']' ? at : NULL;
}

static const char *value_of_member(const char *at)
{
    at = skip_space(after_string(at));
    return *at == ':' ? skip_space(at + 1) : NULL;
}

static Json nothing(void)
{
    return (Json){ NULL };
}

Json json_member(Json object, const char *name)
{
    if (!object.text || *object.text != '{')
        return nothing();
    size_t length = strlen(name);
    const char *at = next(object.text + 1);
    while (at && *at == '"') {
        const char *value = value_of_member(at);
        if (!value)
            break;
        if (strncmp(at + 1, name, length) == 0 && at[1 + length] == '"')
            return (Json){ value };
        at = next(after_value(value));
    }
    return nothing();
}

Json json_only(Json object, char *name, size_t size)
{
    const char *at = object.text && *object.text == '{' ? next(object.text + 1) : NULL;
    name[0] = '\0';
    if (!at || *at != '"')
        return nothing();
    size_t length = strcspn(at + 1, "\"");
    if (length >= size)
        return nothing();
    memcpy(name, at + 1, length);
    name[length] = '\0';
    return (Json){ value_of_member(at) };
}

int json_number(Json value, int otherwise)
{
    if (!value.text)
        return otherwise;
    char *end;
    long number = strtol(value.text, &end, 10);
    return end == value.text ? otherwise : (int)number;
}

bool json_truth(Json value, bool otherwise)
{
    if (value.text && strncmp(value.text, "true", 4) == 0)
        return true;
    if (value.text && strncmp(value.text, "false", 5) == 0)
        return false;
    return otherwise;
}

bool json_is(Json value, const char *string)
{
    size_t length = strlen(string);
    return value.text && value.text[0] == '"' && strncmp(value.text + 1, string, length) == 0
        && value.text[1 + length] == '"';
}

int json_numbers(Json value, int *numbers, int most)
{
    if (!value.text || *value.text != '[')
        return -1;
    int count = 0;
    const char *at = next(value.text + 1);
    for (; at && count < most; at = next(after_value(at)))
        numbers[count++] = json_number((Json){ at }, 0);
    return count;
}

static bool knows(const System *system, const char *action)
{
    for (const char *const *known = system->actions; *known; known++)
        if (strcmp(*known, action) == 0)
            return true;
    return false;
}

static void say_state(const System *system)
{
    printf("\"ok\",\"state\":");
    system->observe();
}

static void answer_init(const System *system, Json message)
{
    bool is_known = json_number(json_member(message, "protocol"), 0) == VERSION
        && json_is(json_member(message, "system"), system->name)
        && system->begin(json_member(message, "parameters"));
    if (!is_known) {
        printf("\"unsupported\"");
        return;
    }
    printf("\"init_ok\",\"protocol\":%d,\"actions\":[", VERSION);
    for (const char *const *action = system->actions; *action; action++)
        printf("%s\"%s\"", action == system->actions ? "" : ",", *action);
    printf("]");
}

static void answer_step(const System *system, Json message)
{
    char name[LONGEST_NAME];
    Json fields = json_only(json_member(message, "action"), name, sizeof name);
    switch (knows(system, name) ? system->step(name, fields) : UNSUPPORTED) {
    case DONE:
        say_state(system);
        break;
    case REFUSED:
        printf("\"refused\",\"reason\":\"%s\"", reason_of_refusal);
        break;
    case UNSUPPORTED:
        printf("\"unsupported\"");
        break;
    }
}

/* Keeps the parameters, which outlive the line that they came in. */
static char *kept_parameters(Json message)
{
    const char *text = json_member(message, "parameters").text;
    size_t length = text ? (size_t)(after_value(text) - text) : 0;
    char *kept = calloc(length + 1, 1);
    if (kept && text)
        memcpy(kept, text, length);
    return kept;
}

int serve(const System *system)
{
    char *line = NULL, *parameters = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        Json message = { skip_space(line) };
        Json type = json_member(message, "type");
        if (json_is(type, "bye"))
            break;
        printf("{\"id\":%d,\"type\":", json_number(json_member(message, "id"), 0));
        if (json_is(type, "init")) {
            free(parameters);
            parameters = kept_parameters(message);
            answer_init(system, message);
        } else if (json_is(type, "reset")) {
            system->begin((Json){ parameters });
            say_state(system);
        } else if (json_is(type, "step")) {
            answer_step(system, message);
        } else {
            say_state(system);
        }
        printf("}\n");
        fflush(stdout);
    }
    free(line);
    free(parameters);
    return 0;
}

const char *bug_of(int count, char **arguments, const char *const *known)
{
    if (count == 1)
        return NULL;
    if (count == 3 && strcmp(arguments[1], "--bug") == 0)
        for (; *known; known++)
            if (strcmp(*known, arguments[2]) == 0)
                return *known;
    fprintf(stderr, "usage: %s [--bug NAME]\n", arguments[0]);
    exit(2);
}

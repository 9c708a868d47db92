/* A MapReduce master and its workers, after specs/mapreduce.md: the job of 2004.
 *
 *     cc -std=c11 -O2 -o mapreduce mapreduce.c harness.c
 *     straightedge drive mapreduce -- ./mapreduce
 */
#include "harness.h"

#include <stdio.h>
#include <string.h>

/* Tasks are numbered: maps first, then reduces. An output file has room for three maps. */
enum { MOST_MAPS = 3, MOST_REDUCES = 2, MOST_TASKS = MOST_MAPS + MOST_REDUCES, MOST_WORKERS = 4 };
enum { NONE = -1 };

/* One worker's run of one task, and the message that tells of its end. */
typedef struct {
    enum { NOTHING, RUNNING, ENDED } is;
    int regions[MOST_MAPS]; /* of a reduce: whose region of each map it has fetched */
    bool is_recorded; /* of a map: whether the master has said that its regions are here */
    int copies; /* of its completion, under way */
    bool is_heard;
} Attempt;

typedef struct {
    bool is_up;
    bool is_trusted; /* by the master */
    Attempt attempts[MOST_TASKS];
} Worker;

typedef enum { IDLE, IN_PROGRESS, COMPLETED } Status;

static struct {
    int maps, reduces, workers;
    bool has_backups, is_deterministic, is_shared, starts_early;
    Worker worker[MOST_WORKERS];
    Status status[MOST_TASKS];
    int place[MOST_TASKS]; /* of a completed map: the worker that has its regions */
    bool is_awaited[MOST_TASKS][MOST_WORKERS]; /* completions that the master waits for */
    bool is_done;
    bool has_output[MOST_REDUCES];
    int output[MOST_REDUCES][MOST_MAPS];
} job;

static const char *bug;

static bool has_bug(const char *name)
{
    return bug && strcmp(bug, name) == 0;
}

static int reduce_task(int reduce)
{
    return MOST_MAPS + reduce;
}

static bool is_map(int task)
{
    return task < MOST_MAPS;
}

static bool exists(int task)
{
    return is_map(task) ? task < job.maps : task - MOST_MAPS < job.reduces;
}

/* How many live attempts there are at a task, and who runs the last of them. */
static int live(int task, int *who)
{
    int count = 0;
    for (int w = 0; w < job.workers; w++)
        if (job.worker[w].is_trusted && job.is_awaited[task][w]) {
            *who = w;
            count++;
        }
    return count;
}

static bool is_any_idle(int from, int to)
{
    for (int task = from; task < to; task++)
        if (exists(task) && job.status[task] == IDLE)
            return true;
    return false;
}

static bool are_all_completed(int from, int to)
{
    for (int task = from; task < to; task++)
        if (exists(task) && job.status[task] != COMPLETED)
            return false;
    return true;
}

/* Whether a worker asks the master for work. */
static bool asks(int w)
{
    const Worker *worker = &job.worker[w];
    for (int task = 0; task < MOST_TASKS; task++)
        if (worker->attempts[task].is == RUNNING)
            return false;
    return worker->is_up && worker->is_trusted && !job.is_done;
}

static void hand_out(int task, int w)
{
    Attempt fresh = { .is = RUNNING, .regions = { NONE, NONE, NONE } };
    job.worker[w].attempts[task] = fresh;
    job.status[task] = IN_PROGRESS;
    job.is_awaited[task][w] = true;
}

/* MAPREDUCE-3, MAPREDUCE-7. */
static Outcome assign(int task, int w)
{
    if (!asks(w))
        return refuse("the worker does not ask");
    if (job.status[task] != IDLE || job.is_awaited[task][w])
        return refuse("the task is not to be handed out");
    if (!is_map(task) && !has_bug("early_reduce")) {
        bool is_past = job.starts_early ? !is_any_idle(0, MOST_MAPS)
                                        : are_all_completed(0, MOST_MAPS);
        if (!is_past)
            return refuse("the maps come first");
    }
    hand_out(task, w);
    return DONE;
}

/* MAPREDUCE-14. */
static Outcome back_up(int task, int w)
{
    int who = NONE;
    if (!job.has_backups || !asks(w))
        return refuse("the worker does not ask");
    if (is_any_idle(0, is_map(task) ? MOST_MAPS : MOST_TASKS))
        return refuse("a task is idle");
    if (job.status[task] != IN_PROGRESS || live(task, &who) != 1 || who == w)
        return refuse("there must be one attempt, of another worker");
    hand_out(task, w);
    return DONE;
}

/* What a worker runs, or NULL. */
static Attempt *running(int task, int w)
{
    Attempt *attempt = &job.worker[w].attempts[task];
    return job.worker[w].is_up && attempt->is == RUNNING ? attempt : NULL;
}

static void end(Attempt *attempt)
{
    attempt->is = ENDED;
    attempt->copies = 1;
}

/* MAPREDUCE-4. */
static Outcome finish_map(int map, int w)
{
    Attempt *attempt = running(map, w);
    if (job.is_done || !attempt)
        return refuse("the worker does not run it");
    end(attempt);
    return DONE;
}

/* MAPREDUCE-8. */
static Outcome fetch(int task, int w, int map, int from)
{
    Attempt *attempt = running(task, w);
    if (!attempt || attempt->regions[map] != NONE)
        return refuse("the worker does not lack it");
    const Attempt *written = &job.worker[from].attempts[map];
    if (written->is != ENDED || !written->is_recorded)
        return refuse("no region was said to be there");
    if (!job.is_shared && !job.worker[from].is_up)
        return refuse("that disk is lost");
    attempt->regions[map] = job.is_deterministic ? 0 : from;
    return DONE;
}

/* MAPREDUCE-9. */
static Outcome commit(int task, int w)
{
    Attempt *attempt = running(task, w);
    if (!attempt)
        return refuse("the worker does not run it");
    for (int map = 0; map < job.maps; map++)
        if (attempt->regions[map] == NONE)
            return refuse("a region is missing");
    int reduce = task - MOST_MAPS;
    job.has_output[reduce] = true;
    memcpy(job.output[reduce], attempt->regions, sizeof job.output[reduce]);
    end(attempt);
    return DONE;
}

/* An attempt that has ended, or NULL; nobody listens any more once the job is done. */
static Attempt *ended(int task, int w)
{
    Attempt *attempt = &job.worker[w].attempts[task];
    return !job.is_done && attempt->is == ENDED ? attempt : NULL;
}

/* MAPREDUCE-5, MAPREDUCE-6: a completion from a worker that is suspected is ignored. */
static Outcome hear(int task, int w)
{
    Attempt *attempt = ended(task, w);
    if (!attempt || attempt->copies == 0)
        return refuse("no completion is under way");
    attempt->copies--;
    attempt->is_heard = true;
    job.is_awaited[task][w] = false;
    bool is_trusted = job.worker[w].is_trusted || has_bug("accept_suspected");
    if (is_trusted && job.status[task] != COMPLETED) {
        job.status[task] = COMPLETED;
        if (is_map(task)) {
            job.place[task] = w;
            attempt->is_recorded = true;
        }
    }
    return DONE;
}

/* MAPREDUCE-17. */
static Outcome resend(int task, int w)
{
    Attempt *attempt = ended(task, w);
    if (!attempt || !job.worker[w].is_up || attempt->is_heard || attempt->copies > 0)
        return refuse("it was not lost");
    attempt->copies = 1;
    return DONE;
}

static Outcome lose(int task, int w)
{
    Attempt *attempt = ended(task, w);
    if (!attempt || attempt->copies == 0)
        return refuse("no completion is under way");
    attempt->copies--;
    return DONE;
}

static Outcome duplicate(int task, int w)
{
    Attempt *attempt = ended(task, w);
    if (!attempt)
        return refuse("there is no completion");
    bool says_again = attempt->is_heard && attempt->copies == 0 && job.worker[w].is_up;
    bool is_doubled = !attempt->is_heard && attempt->copies == 1;
    if (!says_again && !is_doubled)
        return refuse("there is nothing to double");
    attempt->copies++;
    return DONE;
}

/* MAPREDUCE-5. What it has fetched is gone. */
static Outcome crash(int w)
{
    Worker *worker = &job.worker[w];
    if (job.is_done || !worker->is_up)
        return refuse("it has crashed already");
    worker->is_up = false;
    for (int task = 0; task < MOST_TASKS; task++)
        for (int map = 0; map < MOST_MAPS; map++)
            worker->attempts[task].regions[map] = NONE;
    return DONE;
}

/* A task in progress that nobody works on is idle again. */
static void hand_back(int task)
{
    int who;
    if (exists(task) && job.status[task] == IN_PROGRESS && live(task, &who) == 0)
        job.status[task] = IDLE;
}

static Outcome mark_failed(int w, bool falsely)
{
    Worker *worker = &job.worker[w];
    if (job.is_done || !worker->is_trusted || worker->is_up != falsely)
        return refuse("there is no reason to suspect it");
    worker->is_trusted = false;
    if (!job.is_shared && !has_bug("forget_lost_maps"))
        for (int map = 0; map < job.maps; map++)
            if (job.status[map] == COMPLETED && job.place[map] == w)
                job.status[map] = IN_PROGRESS;
    for (int task = 0; task < MOST_TASKS; task++)
        hand_back(task);
    return DONE;
}

static bool is_awaited(int w)
{
    for (int task = 0; task < MOST_TASKS; task++)
        if (job.is_awaited[task][w])
            return true;
    return false;
}

/* MAPREDUCE-18. */
static Outcome preempt(int task, int w)
{
    Attempt *attempt = &job.worker[w].attempts[task];
    if (job.is_done || !job.worker[w].is_trusted || attempt->is != RUNNING)
        return refuse("the worker does not run it");
    bool is_in_the_way = false;
    for (int map = 0; map < job.maps; map++)
        is_in_the_way |= job.status[map] == IDLE && attempt->regions[map] == NONE;
    if (!is_in_the_way)
        return refuse("it stands in nobody's way");
    for (int other = 0; other < job.workers; other++)
        if (job.worker[other].is_trusted && !is_awaited(other))
            return refuse("a worker is free");
    attempt->is = NOTHING;
    job.is_awaited[task][w] = false;
    hand_back(task);
    return DONE;
}

/* MAPREDUCE-19. */
static Outcome finish_job(void)
{
    if (job.is_done || !are_all_completed(MOST_MAPS, MOST_TASKS))
        return refuse("a reduce is not completed");
    job.is_done = true;
    return DONE;
}

static const char *const ACTIONS[] = {
    "assign_map", "assign_reduce", "backup_map", "backup_reduce", "finish_map", "fetch", "commit",
    "hear_map", "hear_reduce", "resend_map", "resend_reduce", "lose_map", "lose_reduce",
    "duplicate_map", "duplicate_reduce", "crash", "suspect", "suspect_falsely", "preempt",
    "finish_job", NULL,
};

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static Outcome step_of_task(const char *action, int task, int w)
{
    if (begins_with(action, "assign"))
        return assign(task, w);
    if (begins_with(action, "backup"))
        return back_up(task, w);
    if (begins_with(action, "finish_map"))
        return finish_map(task, w);
    if (begins_with(action, "commit"))
        return commit(task, w);
    if (begins_with(action, "hear"))
        return hear(task, w);
    if (begins_with(action, "resend"))
        return resend(task, w);
    if (begins_with(action, "lose"))
        return lose(task, w);
    if (begins_with(action, "preempt"))
        return preempt(task, w);
    return duplicate(task, w);
}

static Outcome step(const char *action, Json fields)
{
    int w = json_number(json_member(fields, "worker"), NONE);
    int map = json_number(json_member(fields, "map"), NONE);
    int reduce = json_number(json_member(fields, "reduce"), NONE);
    int from = json_number(json_member(fields, "from"), NONE);
    if (strcmp(action, "finish_job") == 0)
        return finish_job();
    if (w < 0 || w >= job.workers || map >= job.maps || reduce >= job.reduces
        || from >= job.workers)
        return refuse("there is no such worker or task");
    if (strcmp(action, "crash") == 0)
        return crash(w);
    if (begins_with(action, "suspect"))
        return mark_failed(w, strcmp(action, "suspect_falsely") == 0);
    if (strcmp(action, "fetch") == 0 && map >= 0 && reduce >= 0 && from >= 0)
        return fetch(reduce_task(reduce), w, map, from);
    if (map >= 0)
        return step_of_task(action, map, w);
    return reduce >= 0 ? step_of_task(action, reduce_task(reduce), w) : UNSUPPORTED;
}

static bool is_or_missing(Json value, const char *expected)
{
    return !value.text || json_is(value, expected);
}

static bool begin(Json parameters)
{
    Json budget = json_member(parameters, "budget");
    bool is_known = is_or_missing(json_member(parameters, "commit"), "rename")
        && is_or_missing(json_member(parameters, "launch"), "at_once")
        && is_or_missing(json_member(parameters, "records"), "good")
        && json_number(json_member(budget, "rejoins"), 3) == 0
        && json_number(json_member(budget, "restarts"), 3) == 0
        && json_number(json_member(budget, "failures"), 3) == 0;
    memset(&job, 0, sizeof job);
    job.maps = json_number(json_member(parameters, "maps"), 0);
    job.reduces = json_number(json_member(parameters, "reduces"), 0);
    job.workers = json_number(json_member(parameters, "workers"), 0);
    job.has_backups = json_truth(json_member(parameters, "backups"), true);
    job.is_deterministic = json_truth(json_member(parameters, "deterministic"), true);
    job.is_shared = json_is(json_member(parameters, "map_output"), "shared_file_system");
    job.starts_early = json_is(json_member(parameters, "barrier"), "function");
    for (int w = 0; w < job.workers && w < MOST_WORKERS; w++)
        job.worker[w].is_up = job.worker[w].is_trusted = true;
    return is_known && job.maps >= 1 && job.maps <= MOST_MAPS && job.reduces >= 1
        && job.reduces <= MOST_REDUCES && job.workers >= 1 && job.workers <= MOST_WORKERS;
}

static void print_file(const int *regions)
{
    printf("[");
    for (int map = 0; map < MOST_MAPS; map++)
        if (regions[map] == NONE)
            printf("%s-", map ? " " : "");
        else
            printf("%sv%d", map ? " " : "", regions[map]);
    printf("]");
}

static const char *message(const Attempt *attempt)
{
    static const char *const UNDER_WAY[] = {
        "message lost", "message under way", "message under way twice",
    };
    if (attempt->is_heard)
        return attempt->copies > 0 ? "heard, message under way again" : "heard";
    return UNDER_WAY[attempt->copies];
}

static void print_attempt(int task, const Attempt *attempt)
{
    if (attempt->is == NOTHING) {
        printf("null");
        return;
    }
    if (is_map(task) && attempt->is == RUNNING) {
        printf("\"running\"");
    } else if (is_map(task)) {
        printf("\"finished%s, %s\"", attempt->is_recorded ? ", recorded" : "", message(attempt));
    } else if (attempt->is == RUNNING) {
        printf("\"running ");
        print_file(attempt->regions);
        printf("\"");
    } else {
        printf("\"renamed, %s\"", message(attempt));
    }
}

static void print_name(int task)
{
    printf("\"%c%d\":", is_map(task) ? 'm' : 'r', is_map(task) ? task : task - MOST_MAPS);
}

/* Nobody sees what a worker does that has crashed. */
static void print_worker(int w)
{
    const Worker *worker = &job.worker[w];
    const char *suspected = worker->is_trusted ? "" : ", suspected";
    printf("%s\"w%d\":{\"is\":\"%s%s\"", w ? "," : "", w, worker->is_up ? "up" : "crashed",
           suspected);
    const char *comma = ",\"attempts\":{";
    for (int task = 0; worker->is_up && task < MOST_TASKS; task++)
        if (exists(task)) {
            printf("%s", comma);
            print_name(task);
            print_attempt(task, &worker->attempts[task]);
            comma = ",";
        }
    printf(worker->is_up ? "}}" : "}");
}

static void observe(void)
{
    static const char *const STATUS[] = { "idle", "in progress", "completed" };
    printf("{\"workers\":{");
    for (int w = 0; w < job.workers; w++)
        print_worker(w);
    printf("},\"tasks\":{");
    for (int task = 0; task < MOST_TASKS; task++) {
        if (!exists(task))
            continue;
        printf("%s", task ? "," : "");
        print_name(task);
        printf("\"%s", STATUS[job.status[task]]);
        if (is_map(task) && job.status[task] == COMPLETED)
            printf(" at w%d", job.place[task]);
        printf("\"");
    }
    printf("},\"outputs\":{");
    for (int reduce = 0; reduce < job.reduces; reduce++) {
        printf("%s\"r%d\":", reduce ? "," : "", reduce);
        printf(job.has_output[reduce] ? "\"" : "null");
        if (job.has_output[reduce]) {
            print_file(job.output[reduce]);
            printf("\"");
        }
    }
    printf("},\"done\":%s}", job.is_done ? "true" : "false");
}

int main(int count, char **arguments)
{
    static const char *const BUGS[] = {
        "accept_suspected", "forget_lost_maps", "early_reduce", NULL,
    };
    static const System SYSTEM = { "mapreduce", ACTIONS, begin, step, observe };
    bug = bug_of(count, arguments, BUGS);
    return serve(&SYSTEM);
}

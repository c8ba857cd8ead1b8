"""What the database itself holds against every mistake above it, and the counters.

Tortoise has no words for partial unique indexes, triggers and two-column keys: hence SQL.
"""

from tortoise import migrations

from tmcore.store.statement import Statement

RULES = (
    # two attempts at once on one device are impossible
    "CREATE UNIQUE INDEX ux_attempt_open ON attempt(serial) WHERE ended_at IS NULL",
    "CREATE INDEX ix_task_head ON task(serial, place, id) WHERE status = 0",
    "CREATE INDEX ix_task_next ON task(serial, start_at) WHERE status = 0",
    "CREATE INDEX ix_task_live ON task(id) WHERE status = 1",
    # the ledger is never shortened
    """CREATE TRIGGER press_kept BEFORE DELETE ON press
       BEGIN SELECT RAISE(ABORT, 'the ledger is kept for ever'); END""",
    # model.TRANSITIONS, once more where nobody can go round it
    """CREATE TRIGGER task_moves BEFORE UPDATE OF status ON task
       WHEN (OLD.status, NEW.status) NOT IN
            (VALUES (0, 1), (0, 3), (1, 2), (1, 3), (1, 0), (3, 0), (3, 2), (3, 3))
       BEGIN SELECT RAISE(ABORT, 'a status cannot move like that'); END""",
    # counts are kept, not counted: every total of a list is a sum over this
    """CREATE TABLE task_count(
       serial TEXT NOT NULL, script_name TEXT NOT NULL, source TEXT NOT NULL,
       status INTEGER NOT NULL, reason TEXT NOT NULL, n INTEGER NOT NULL,
       PRIMARY KEY (serial, script_name, source, status, reason)) WITHOUT ROWID""",
    """INSERT INTO task_count
       SELECT serial, script_name, source, status, COALESCE(reason, ''), COUNT(*)
       FROM task GROUP BY 1, 2, 3, 4, 5""",
    """CREATE TRIGGER task_count_insert AFTER INSERT ON task BEGIN
       INSERT INTO task_count VALUES
       (NEW.serial, NEW.script_name, NEW.source, NEW.status, COALESCE(NEW.reason, ''), 1)
       ON CONFLICT DO UPDATE SET n = n + 1; END""",
    """CREATE TRIGGER task_count_delete AFTER DELETE ON task BEGIN
       UPDATE task_count SET n = n - 1 WHERE serial = OLD.serial
       AND script_name = OLD.script_name AND source = OLD.source AND status = OLD.status
       AND reason = COALESCE(OLD.reason, ''); END""",
    """CREATE TRIGGER task_count_update AFTER UPDATE OF status, reason ON task
       WHEN OLD.status <> NEW.status OR OLD.reason IS NOT NEW.reason BEGIN
       UPDATE task_count SET n = n - 1 WHERE serial = OLD.serial
       AND script_name = OLD.script_name AND source = OLD.source AND status = OLD.status
       AND reason = COALESCE(OLD.reason, '');
       INSERT INTO task_count VALUES
       (NEW.serial, NEW.script_name, NEW.source, NEW.status, COALESCE(NEW.reason, ''), 1)
       ON CONFLICT DO UPDATE SET n = n + 1; END""",
)


class Migration(migrations.Migration):
    dependencies = [("tm", "m0001_tables")]
    operations = [Statement(sql, reverse_sql="") for sql in RULES]

"""What is done late: tasks whose phone was away at their hour, and presses proved after the fact."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from tmcore.store.statement import Statement


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.AddField(
            model_name="DeviceRow",
            name="able_at",
            field=fields.BigIntField(null=True, unique=False),
        ),
        ops.AddField(
            model_name="TaskRow",
            name="timed",
            field=fields.BooleanField(db_default=False, unique=False),
        ),
        Statement("UPDATE task SET timed = start_at > created_at", reverse_sql=""),
        ops.AddField(
            model_name="PressRow",
            name="before",
            field=fields.TextField(null=True, unique=False),
        ),
        Statement(
            "CREATE INDEX ix_press_unknown ON press(task_id) WHERE outcome = 'unknown'",
            reverse_sql="",
        ),
    ]

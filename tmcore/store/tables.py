"""Every table of the project, as Tortoise models. Rows never leave the store.

Times are whole milliseconds since 1970 in UTC: they sort and compare as numbers, and nothing has to
be parsed. Partial unique indexes, triggers and the counter table stand in a migration as SQL, since
Tortoise cannot declare them.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class TaskRow(Model):
    id = fields.BigIntField(primary_key=True)
    serial = fields.TextField()
    username = fields.TextField(null=True)
    app = fields.TextField(null=True)
    script_name = fields.TextField()
    script_config = fields.TextField()
    status = fields.SmallIntField(db_default=0)
    reason = fields.TextField(null=True)
    remark = fields.TextField(db_default="")
    source = fields.TextField(db_default="api")
    retry_count = fields.IntField(db_default=0)
    gen = fields.IntField(db_default=1)  # grows only when a press was proved void or not posted
    place = fields.BigIntField()  # rank among the device's tasks; never later than start_at
    media = fields.TextField(null=True)
    media_sha256 = fields.TextField(null=True)
    caption = fields.TextField(db_default="")
    start_at = fields.BigIntField()
    created_at = fields.BigIntField()
    started_at = fields.BigIntField(null=True)
    ended_at = fields.BigIntField(null=True)
    step = fields.TextField(db_default="")
    progress = fields.FloatField(db_default=0.0)
    stop_requested = fields.BooleanField(db_default=False)

    class Meta:
        table = "task"
        indexes = (
            Index(fields=["status", "id"], name="ix_task_status"),
            Index(fields=["serial", "status", "id"], name="ix_task_serial_status"),
            Index(fields=["serial", "id"], name="ix_task_serial"),
            Index(fields=["script_name", "id"], name="ix_task_script"),
            Index(fields=["source", "id"], name="ix_task_source"),
        )


class AttemptRow(Model):
    id = fields.BigIntField(primary_key=True)  # also the epoch written on the phone
    task_id = fields.BigIntField(db_index=True)
    kind = fields.TextField(db_default="post")  # post, or recover: settling what a crash left
    serial = fields.TextField()
    gen = fields.IntField()
    started_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)
    outcome = fields.TextField(db_default="")
    reason = fields.TextField(null=True)
    remark = fields.TextField(db_default="")
    looks = fields.IntField(db_default=0)

    class Meta:
        table = "attempt"


class StepRow(Model):
    id = fields.BigIntField(primary_key=True)
    attempt_id = fields.BigIntField(db_index=True)
    name = fields.TextField()
    started_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)
    outcome = fields.TextField(db_default="")

    class Meta:
        table = "step"


class LogRow(Model):
    id = fields.BigIntField(primary_key=True)
    attempt_id = fields.BigIntField(db_index=True)
    at = fields.BigIntField()
    text = fields.TextField()

    class Meta:
        table = "log"


class EvidenceRow(Model):
    id = fields.BigIntField(primary_key=True)
    attempt_id = fields.BigIntField(db_index=True)
    name = fields.TextField()

    class Meta:
        table = "evidence"


class PressRow(Model):
    """The ledger: written with the intent, kept for ever, also after its task is deleted."""

    id = fields.BigIntField(primary_key=True)
    task_id = fields.BigIntField()
    gen = fields.IntField()
    attempt_id = fields.BigIntField(db_index=True)
    serial = fields.TextField()
    app = fields.TextField()
    account = fields.TextField()
    media_sha256 = fields.TextField()
    intent_at = fields.BigIntField()
    outcome = fields.TextField(db_default="open")

    class Meta:
        table = "press"
        unique_together = (("task_id", "gen"),)
        indexes = (Index(fields=["app", "account", "media_sha256"], name="ix_press_media"),)


class EventRow(Model):
    """Append only: one row a transition, in the transition's own transaction."""

    id = fields.BigIntField(primary_key=True)
    task_id = fields.BigIntField(db_index=True)
    attempt_id = fields.BigIntField(null=True)
    at = fields.BigIntField()
    change = fields.TextField()
    old = fields.SmallIntField(null=True)
    new = fields.SmallIntField(null=True)
    reason = fields.TextField(null=True)
    remark = fields.TextField(db_default="")

    class Meta:
        table = "event"


class DeviceRow(Model):
    """What was last known of a phone, so that it stays in the list while it is away."""

    serial = fields.CharField(max_length=64, primary_key=True)
    facts = fields.TextField()
    paused = fields.TextField(null=True)  # the reason, while a person lets it take no new task
    last_seen_at = fields.BigIntField(null=True)

    class Meta:
        table = "device"


class AccountRow(Model):
    id = fields.BigIntField(primary_key=True)
    app = fields.TextField()
    username = fields.TextField()
    serial = fields.TextField()
    package = fields.TextField(null=True)
    user = fields.IntField(null=True)
    enabled = fields.BooleanField(db_default=True)
    created_at = fields.BigIntField()

    class Meta:
        table = "account"
        indexes = (Index(fields=["username"], name="ix_account_username"),)


class SettingRow(Model):
    name = fields.CharField(max_length=64, primary_key=True)
    value = fields.TextField()

    class Meta:
        table = "setting"


class MetaRow(Model):
    """Facts about the database itself: its uuid, which marks the phones it drives."""

    name = fields.CharField(max_length=64, primary_key=True)
    value = fields.TextField()

    class Meta:
        table = "meta"

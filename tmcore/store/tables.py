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
    scope = fields.TextField(null=True)  # for whom its files are reserved; see rules/dealing.py
    sound = fields.TextField(db_default="")
    more = fields.TextField(db_default="[]")  # the other files of a post: [path, sha256] each
    caption = fields.TextField(db_default="")
    start_at = fields.BigIntField()
    timed = fields.BooleanField(db_default=False)  # for an hour of its own, which can be missed
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
    before = fields.TextField(null=True)  # what stood there, and so proves nothing afterwards

    class Meta:
        table = "press"
        unique_together = (("task_id", "gen"),)
        indexes = (Index(fields=["app", "account", "media_sha256"], name="ix_press_media"),)


class PressFileRow(Model):
    """The ledger's files: each that a press published, kept for ever as the press is."""

    id = fields.BigIntField(primary_key=True)
    press_id = fields.BigIntField(db_index=True)
    sha256 = fields.CharField(max_length=64, db_index=True)

    class Meta:
        table = "press_file"


class MaterialRow(Model):
    id = fields.BigIntField(primary_key=True)
    path = fields.TextField()
    kind = fields.TextField()
    sha256 = fields.CharField(max_length=64, unique=True)
    size_bytes = fields.BigIntField()
    duration_s = fields.FloatField(null=True)
    width = fields.IntField()
    height = fields.IntField()
    tags = fields.TextField(db_default="[]")
    caption = fields.TextField(db_default="")
    username = fields.TextField(null=True)
    sort = fields.BigIntField(null=True)
    added_at = fields.BigIntField()

    class Meta:
        table = "material"


class ReservationRow(Model):
    """What a task that has not ended took from a library or folder."""

    id = fields.BigIntField(primary_key=True)
    task_id = fields.BigIntField(db_index=True)
    sha256 = fields.TextField()
    scope = fields.TextField()

    class Meta:
        table = "reservation"
        unique_together = (("sha256", "scope"),)


class TurnRow(Model):
    """How many lines of a text file were dealt: the next task gets the next one."""

    name = fields.CharField(max_length=4200, primary_key=True)
    count = fields.BigIntField(db_default=0)

    class Meta:
        table = "turn"


class EventRow(Model):
    """Append only: one row a transition, in the transition's own transaction."""

    id = fields.BigIntField(primary_key=True)
    task_id = fields.BigIntField(db_index=True)  # 0: it is about something else
    attempt_id = fields.BigIntField(null=True)
    at = fields.BigIntField()
    change = fields.TextField()
    old = fields.SmallIntField(null=True)
    new = fields.SmallIntField(null=True)
    reason = fields.TextField(null=True)
    remark = fields.TextField(db_default="")
    schedule_id = fields.BigIntField(null=True)

    class Meta:
        table = "event"


class DeviceRow(Model):
    """What was last known of a phone, so that it stays in the list while it is away."""

    serial = fields.CharField(max_length=64, primary_key=True)
    facts = fields.TextField()
    paused = fields.TextField(null=True)  # the reason, while a person lets it take no new task
    quarantined = fields.TextField(null=True)  # the reason, until a person releases it
    quarantined_at = fields.BigIntField(null=True)
    label = fields.TextField(db_default="")
    tags = fields.TextField(db_default="[]")
    last_seen_at = fields.BigIntField(null=True)
    able_at = fields.BigIntField(null=True)  # when it could take a task last, to the minute

    class Meta:
        table = "device"


class WifiRow(Model):
    """A phone that is reached by Wi-Fi, until a person disconnects it."""

    address = fields.CharField(max_length=64, primary_key=True)
    serial = fields.TextField(null=True)  # once it has said so
    added_at = fields.BigIntField()

    class Meta:
        table = "wifi"


class AccountRow(Model):
    id = fields.BigIntField(primary_key=True)
    app = fields.TextField()
    username = fields.TextField()
    serial = fields.TextField()
    package = fields.TextField(null=True)
    user = fields.IntField(null=True)
    enabled = fields.BooleanField(db_default=True)
    held = fields.TextField(null=True)  # the reason, until a person releases it
    held_why = fields.TextField(db_default="")
    held_since = fields.BigIntField(null=True)
    open_at = fields.BigIntField(null=True)  # when its app was last seen open as this account
    created_at = fields.BigIntField()

    class Meta:
        table = "account"
        indexes = (
            Index(fields=["username"], name="ix_account_username"),
            Index(fields=["serial", "app"], name="ix_account_device"),
        )


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


class ScheduleRow(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    cron = fields.TextField()
    zone = fields.TextField()
    overlap = fields.TextField()
    catch_up_minutes = fields.IntField()
    template = fields.TextField()
    paused = fields.BooleanField(db_default=False)
    cursor_at = fields.BigIntField()  # what was due until then is settled
    created_at = fields.BigIntField()

    class Meta:
        table = "schedule"


class ScheduleRunRow(Model):
    """What became of one time of a schedule: the unique pair makes a second run impossible."""

    id = fields.BigIntField(primary_key=True)
    schedule_id = fields.BigIntField()
    due_at = fields.BigIntField(null=True)  # none where a person ran it
    at = fields.BigIntField()
    outcome = fields.TextField()
    task_ids = fields.TextField(db_default="[]")
    remark = fields.TextField(db_default="")

    class Meta:
        table = "schedule_run"
        unique_together = (("schedule_id", "due_at"),)
        indexes = (Index(fields=["schedule_id", "id"], name="ix_schedule_run"),)


class PlanRow(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    zone = fields.TextField()
    created_at = fields.BigIntField()
    withdrawn_at = fields.BigIntField(null=True)

    class Meta:
        table = "plan"


class PlanEntryRow(Model):
    """A line of a plan. The unique key keeps the same post from being planned twice."""

    id = fields.BigIntField(primary_key=True)
    plan_id = fields.BigIntField(db_index=True)
    line = fields.IntField()  # of the spreadsheet, its header being line 1
    task_id = fields.BigIntField(db_index=True)
    slot = fields.CharField(max_length=64, null=True, unique=True)  # of a line's first task
    content = fields.TextField()

    class Meta:
        table = "plan_entry"


class TargetHitRow(Model):
    """In how many looks a candidate of a profile found its target, per app and version."""

    id = fields.BigIntField(primary_key=True)
    app = fields.CharField(max_length=32)
    package = fields.CharField(max_length=128)
    version = fields.CharField(max_length=64)
    target = fields.CharField(max_length=64)
    rule = fields.CharField(max_length=12)  # of which list of candidates
    candidate = fields.IntField()
    looks = fields.BigIntField()
    seen_at = fields.BigIntField()

    class Meta:
        table = "target_hit"
        unique_together = (("app", "package", "version", "target", "rule", "candidate"),)


class TokenRow(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=64, unique=True)
    scope = fields.TextField()
    digest = fields.TextField()  # SHA-256 of the secret, which is kept nowhere
    created_at = fields.BigIntField()

    class Meta:
        table = "token"


class AnswerRow(Model):
    """The first answer to a create that carried an Idempotency-Key, for a day."""

    key = fields.CharField(max_length=400, primary_key=True)  # whose it is, and the key itself
    body_sha256 = fields.TextField()
    answer = fields.TextField()
    at = fields.BigIntField()

    class Meta:
        table = "answer"
        indexes = (Index(fields=["at"], name="ix_answer_at"),)


class WebhookRow(Model):
    """An address that is told of events, and the last event it was told of."""

    id = fields.BigIntField(primary_key=True)
    url = fields.TextField()
    events = fields.TextField()
    secret = fields.TextField()  # signs, so it cannot be a hash
    cursor = fields.BigIntField()
    created_at = fields.BigIntField()
    told_at = fields.BigIntField(null=True)
    failures = fields.IntField(db_default=0)
    why = fields.TextField(db_default="")
    off = fields.BooleanField(db_default=False)

    class Meta:
        table = "webhook"


class AppPathRow(Model):
    """An unproven path of an app's version: walked, confirmed."""

    id = fields.BigIntField(primary_key=True)
    package = fields.CharField(max_length=255)
    version = fields.CharField(max_length=64)
    path = fields.CharField(max_length=64)
    task_id = fields.BigIntField(null=True)  # the last that walked it
    walked_at = fields.BigIntField(null=True)
    confirmed_at = fields.BigIntField(null=True)

    class Meta:
        table = "app_path"
        unique_together = (("package", "version", "path"),)

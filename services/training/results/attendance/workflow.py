"""How an attendance came about (BEY-15). It has no life of its own: a row is there or not."""

from shared.workflow.definition import Labelled


class Means(Labelled):
    CODE = "code", "扫码签到"
    LIST = "list", "名单登记"

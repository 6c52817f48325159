"""What can be chosen in training besides statuses: kinds of training and lodging, with the words that people read (TRN-44)."""

from shared.workflow.definition import Labelled


class TrainingKind(Labelled):
    INITIAL = "initial", "初训"
    REFRESHER = "refresher", "复训"


class Lodging(Labelled):
    SINGLE = "single", "单人包间"
    DOUBLE = "double", "双人包间"
    NONE = "none", "不住宿"

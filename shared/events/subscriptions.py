"""Who reacts to what: the whole map. A contract test holds each service's ``consumers.HANDLERS`` against it."""

from shared.events import (
    alarms,
    auth,
    certificates,
    declaration,
    notifications,
    training,
    training_people,
    training_selection,
)
from shared.events.base import Event
from shared.services import Service

_A = Service.AUTH
_T, _C, _D, _N = Service.TRAINING, Service.CERTIFICATES, Service.DECLARATION, Service.NOTIFICATIONS

SUBSCRIPTIONS: dict[type[Event], frozenset[Service]] = {
    auth.OrganisationChanged: frozenset({_T, _D, _N}),
    auth.AccountChanged: frozenset({_D, _N}),
    auth.AccountTextReported: frozenset({_N}),
    auth.LegacyAccountMatched: frozenset({_D}),
    auth.RegionChanged: frozenset({_D}),
    auth.ResidentIdJudged: frozenset({_T}),
    auth.AccountExpiring: frozenset({_N}),
    auth.ApplicationSubmitted: frozenset({_N}),
    auth.CaseSubmitted: frozenset({_N}),
    auth.FormPrepared: frozenset({_C}),
    training.PlanPublished: frozenset({_N}),
    training.PlanDeadlineChanged: frozenset({_N}),
    training.PlanTypeDeleted: frozenset({_C}),
    training.RegistrationSubmitted: frozenset(),
    training.RegistrationCancelled: frozenset({_N}),
    training.RegistrationApproved: frozenset({_N}),
    training.RegistrationReturned: frozenset({_N}),
    training_selection.SelectionOpened: frozenset({_N}),
    training.ResultPublished: frozenset({_C}),
    training.ResultCorrected: frozenset({_C}),
    training.RegistrationReviewUndone: frozenset({_N}),
    training.ReturnRequested: frozenset({_N}),
    training.ReturnRequestDeclined: frozenset({_N}),
    training.CorrectionGranted: frozenset({_N}),
    training.RegistrationDetailsChanged: frozenset({_N}),
    training.LateEntryRequested: frozenset({_N}),
    training.LateEntryDecided: frozenset({_N}),
    training.RegistrationClosing: frozenset({_N}),
    training_selection.SelectionClosing: frozenset({_N}),
    training_selection.SelectionReminded: frozenset({_N}),
    training_selection.SelectionFinished: frozenset({_N}),
    training_selection.ClassSessionChanged: frozenset({_N}),
    training_selection.ClassSessionPutOff: frozenset({_N}),
    training_selection.ClassSessionCalledOff: frozenset({_N}),
    training_selection.SeatOffered: frozenset({_N}),
    training_selection.WaitingEnded: frozenset({_N}),
    training_people.TransferProposed: frozenset({_N}),
    training_people.TransferDecided: frozenset({_N}),
    training_people.PersonMoved: frozenset({_C}),
    training_people.IdentityCorrectionRequested: frozenset({_N}),
    training_people.IdentityCorrectionDecided: frozenset({_N}),
    training.RosterPrepared: frozenset({_C}),
    training.ScoreSheetPrepared: frozenset({_C}),
    training.QualificationsExpiring: frozenset({_N}),
    certificates.CertificateIssued: frozenset({_T, _N}),
    certificates.CertificateReissued: frozenset({_T, _N}),
    certificates.CertificateRevoked: frozenset({_T, _N}),
    certificates.CertificateRetried: frozenset({_T}),
    declaration.DeclarationSubmitted: frozenset(),
    declaration.DeclarationApproved: frozenset({_N}),
    declaration.DeclarationRejected: frozenset({_N}),
    declaration.DeclarationRevoked: frozenset({_C, _N}),
    declaration.DeclarationPaperPrepared: frozenset({_C}),
    declaration.CalendarYearKept: frozenset({_T}),
    declaration.DeclarationDue: frozenset({_N}),
    declaration.DeclarationUrged: frozenset({_N}),
    declaration.GroupInvited: frozenset({_N}),
    declaration.GroupConsentAsked: frozenset({_N}),
    declaration.GroupAnswered: frozenset({_N}),
    declaration.GroupSettled: frozenset({_N}),
    declaration.GroupRemoved: frozenset({_N}),
    declaration.WithdrawalRequested: frozenset({_N}),
    declaration.WithdrawalAnswered: frozenset({_N}),
    declaration.ReviewOrdered: frozenset({_N}),
    declaration.ReviewAnswered: frozenset({_N}),
    declaration.ReviewOverdue: frozenset({_N}),
    declaration.EmployerChanged: frozenset({_A}),
    notifications.HookStopped: frozenset({_N}),
    notifications.ReceiptsUnclaimed: frozenset({_A}),
    notifications.BroadcastSubmitted: frozenset({_N}),
    **dict.fromkeys(alarms.ALARMS.values(), frozenset({_N})),
}


def producer_of(event: type[Event]) -> Service:
    """The service whose log holds this event: the first part of its type."""
    return Service(event.type.split(".", 1)[0])


def producers_for(subscriber: Service) -> tuple[Service, ...]:
    """The logs that ``subscriber`` reads, in the order of the service names."""
    return tuple(sorted({producer_of(e) for e, readers in SUBSCRIPTIONS.items() if subscriber in readers}))


def readers_of(producer: Service) -> tuple[Service, ...]:
    """Who reads the log of ``producer``, in the order of the service names."""
    return tuple(each for each in sorted(Service) if producer in producers_for(each))

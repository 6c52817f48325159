"""Routes of 改期 and 停办, for the province (STAFF-14): the actions of a class session."""

from services.training.classes.class_sessions.schemas import ClassSessionRead
from services.training.classes.class_sessions.workflow import CLASS_SESSION
from services.training.classes.rearranging import service
from shared.app import api_router
from shared.services import Service
from shared.web.actions import add_action_routes

router = api_router(Service.TRAINING, "class-sessions", "分班")
add_action_routes(router, CLASS_SESSION, service.act_on_class_session, ClassSessionRead)

"""The one list of what the service is made of: blueprints, commands, models, jobs, checks."""

from collections.abc import Callable
from types import ModuleType

from click import Command
from flask import Blueprint, Flask

from traitdunion.about import commands as about_commands
from traitdunion.about import jobs as about_jobs
from traitdunion.about import models as about_models
from traitdunion.about import views as about_views
from traitdunion.accounts import commands as account_commands
from traitdunion.accounts import cookies, providers
from traitdunion.accounts import jobs as account_jobs
from traitdunion.accounts import models as account_models
from traitdunion.accounts import views as account_views
from traitdunion.admin import views as admin_views
from traitdunion.admin.letters import views as letter_views
from traitdunion.admin.matches import views as match_views
from traitdunion.admin.moderation import merging_views
from traitdunion.admin.moderation import views as moderation_views
from traitdunion.admin.prescribers import views as admin_prescriber_views
from traitdunion.agreements import caseloads as agreement_caseloads
from traitdunion.agreements import following as agreement_following
from traitdunion.agreements import forgetting as agreement_forgetting
from traitdunion.agreements import models as agreement_models
from traitdunion.agreements import precision_views as agreement_precision_views
from traitdunion.agreements import review_jobs as agreement_review_jobs
from traitdunion.agreements.document import jobs as agreement_document_jobs
from traitdunion.agreements.document import views as agreement_document_views
from traitdunion.agreements.signing import jobs as signing_jobs
from traitdunion.agreements.signing import views as signing_views
from traitdunion.agreements.verification import views as agreement_verification_views
from traitdunion.companies import commands as company_commands
from traitdunion.companies import jobs as company_jobs
from traitdunion.companies import models as company_models
from traitdunion.core import commands as core_commands
from traitdunion.core import health, limits, pace
from traitdunion.core import jobs as core_jobs
from traitdunion.core import views as core_views
from traitdunion.demo import beside as demo_beside
from traitdunion.demo import commands as demo_commands
from traitdunion.demo import letters as demo_letters
from traitdunion.demo import views as demo_views
from traitdunion.immersions import confirming, expiring, locating, wording
from traitdunion.immersions import models as immersion_models
from traitdunion.immersions import views as immersion_views
from traitdunion.impact import accident_views, outcome_views
from traitdunion.impact import jobs as impact_jobs
from traitdunion.impact import models as impact_models
from traitdunion.impact import views as impact_views
from traitdunion.notifications import carriers, digest_jobs, waiting
from traitdunion.notifications import commands as notification_commands
from traitdunion.notifications import jobs as notification_jobs
from traitdunion.notifications import models as notification_models
from traitdunion.notifications import views as notification_views
from traitdunion.offers import commands as offer_commands
from traitdunion.offers import jobs as offer_jobs
from traitdunion.offers import models as offer_models
from traitdunion.offers import offers
from traitdunion.pathways import commands as pathway_commands
from traitdunion.pathways import interest_jobs
from traitdunion.pathways import jobs as pathway_jobs
from traitdunion.pathways import models as pathway_models
from traitdunion.pathways import views as pathway_views
from traitdunion.prescribers import commands as prescriber_commands
from traitdunion.prescribers import jobs as prescriber_jobs
from traitdunion.prescribers import models as prescriber_models
from traitdunion.prescribers import newcomer_views, referral_ends
from traitdunion.prescribers import views as referral_views
from traitdunion.prescribers.people_files import jobs as people_file_jobs
from traitdunion.prescribers.people_files import models as people_file_models
from traitdunion.rome import commands as rome_commands
from traitdunion.rome import jobs as rome_jobs
from traitdunion.rome import models as rome_models
from traitdunion.search import jobs as search_jobs
from traitdunion.search import models as search_models
from traitdunion.search import templating, understood
from traitdunion.search import views as search_views
from traitdunion.search.live import jobs as live_jobs
from traitdunion.search.live import models as live_models
from traitdunion.search.live import views as live_views
from traitdunion.search.slots import views as slot_search_views
from traitdunion.spaces.company import booking_views as company_booking_views
from traitdunion.spaces.company import change_views as company_change_views
from traitdunion.spaces.company import import_views as company_import_views
from traitdunion.spaces.company import slot_views as company_slot_views
from traitdunion.spaces.company import views as company_views
from traitdunion.spaces.person import agreement_views as person_agreement_views
from traitdunion.spaces.person import consent_views as person_consent_views
from traitdunion.spaces.person import knowledge_views as person_knowledge_views
from traitdunion.spaces.person import support_views as person_support_views
from traitdunion.spaces.person import views as person_views
from traitdunion.spaces.prescriber import agreement_change_views as prescriber_agreement_change_views
from traitdunion.spaces.prescriber import agreement_views as prescriber_agreement_views
from traitdunion.spaces.prescriber import caseload_views as prescriber_caseload_views
from traitdunion.spaces.prescriber import consent_views as prescriber_consent_views
from traitdunion.spaces.prescriber import details_views as prescriber_details_views
from traitdunion.spaces.prescriber import file_views as prescriber_file_views
from traitdunion.spaces.prescriber import import_views as prescriber_import_views
from traitdunion.spaces.prescriber import organisation_views as prescriber_organisation_views
from traitdunion.spaces.prescriber import people_views as prescriber_people_views
from traitdunion.spaces.prescriber import referral_views as prescriber_referral_views
from traitdunion.spaces.prescriber import sheet_views as prescriber_sheet_views
from traitdunion.spaces.prescriber import views as prescriber_space_views
from traitdunion.territories import commands as territory_commands
from traitdunion.territories import models as territory_models
from traitdunion.territories import territories
from traitdunion.territories import views as territory_views
from traitdunion.trainings import commands as training_commands
from traitdunion.trainings import models as training_models

MODELS: tuple[ModuleType, ...] = (
    pace,
    limits,
    about_models,
    account_models,
    agreement_models,
    company_models,
    immersion_models,
    impact_models,
    notification_models,
    offer_models,
    pathway_models,
    prescriber_models,
    people_file_models,
    rome_models,
    live_models,
    search_models,
    territory_models,
    training_models,
)
JOBS: tuple[ModuleType, ...] = (
    agreement_document_jobs,
    agreement_review_jobs,
    agreement_forgetting,
    signing_jobs,
    core_jobs,
    limits,
    about_jobs,
    account_jobs,
    company_jobs,
    confirming,
    expiring,
    locating,
    impact_jobs,
    notification_jobs,
    digest_jobs,
    offer_jobs,
    interest_jobs,
    pathway_jobs,
    referral_ends,
    prescriber_jobs,
    rome_jobs,
    live_jobs,
    search_jobs,
    people_file_jobs,
)
BLUEPRINTS: tuple[Blueprint, ...] = (
    core_views.blueprint,
    territory_views.blueprint,
    search_views.blueprint,
    live_views.blueprint,
    slot_search_views.blueprint,
    about_views.blueprint,
    account_views.blueprint,
    immersion_views.blueprint,
    agreement_document_views.blueprint,
    signing_views.blueprint,
    agreement_verification_views.blueprint,
    notification_views.blueprint,
    demo_views.blueprint,
    pathway_views.blueprint,
    referral_views.blueprint,
    impact_views.blueprint,
    prescriber_agreement_views.blueprint,
    prescriber_agreement_change_views.blueprint,
    agreement_precision_views.blueprint,
    outcome_views.blueprint,
    accident_views.blueprint,
    person_views.blueprint,
    person_knowledge_views.blueprint,
    person_consent_views.blueprint,
    person_agreement_views.blueprint,
    person_agreement_views.link_blueprint,
    person_support_views.blueprint,
    admin_views.blueprint,
    match_views.blueprint,
    moderation_views.blueprint,
    merging_views.blueprint,
    company_views.blueprint,
    company_slot_views.blueprint,
    company_booking_views.blueprint,
    company_change_views.blueprint,
    company_import_views.blueprint,
    prescriber_consent_views.blueprint,
    prescriber_referral_views.blueprint,
    prescriber_sheet_views.blueprint,
    letter_views.blueprint,
    admin_prescriber_views.blueprint,
    prescriber_space_views.blueprint,
    prescriber_organisation_views.blueprint,
    prescriber_caseload_views.blueprint,
    prescriber_file_views.blueprint,
    prescriber_details_views.blueprint,
    prescriber_people_views.blueprint,
    prescriber_import_views.blueprint,
    newcomer_views.blueprint,
)
COMMANDS: tuple[Command, ...] = (
    core_commands.database,
    core_commands.setup,
    core_commands.worker,
    core_commands.serve,
    rome_commands.rome,
    territory_commands.territories,
    offer_commands.offers,
    training_commands.trainings,
    pathway_commands.matching,
    pathway_commands.pathways,
    about_commands.about,
    account_commands.accounts,
    company_commands.companies,
    prescriber_commands.prescribers,
    notification_commands.notifications,
    demo_commands.demo,
)
SET_UP: tuple[Callable[[], None], ...] = (
    rome_commands.set_up,
    territory_commands.set_up,
    demo_commands.set_up,
    live_jobs.set_up,
)
LISTENERS: tuple[Callable[[Flask], None], ...] = (
    territories.init_app,
    cookies.init_app,
    providers.init_app,
    carriers.init_app,
    demo_letters.init_app,
    demo_beside.init_app,
    wording.init_app,
    templating.init_app,
    understood.init_app,
    agreement_following.init_app,
    agreement_caseloads.init_app,
)
HEALTH_CHECKS: dict[str, health.Check] = {
    "database": health.database,
    "queue": health.queue,
    "offers": offers.health,
    "messages": waiting.health,
}

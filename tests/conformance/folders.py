"""The rule groups a comparable engine tests, by the names of its folders, with the rule in short.

Every one of them is in the name of a test here, or stands in ``docs/explanation/differences.md``.
"""

AREAS: dict[str, dict[str, str]] = {
    "calendars": {
        "calendar": "weekdays, hours, holidays and priorities of rules that overlap",
        "operation_available": "work only when operation, site and resource are all open",
    },
    "capacity": {
        "constraints_resource_1": "too much for one day is begun earlier",
        "constraints_resource_2": "nothing is begun in the past",
        "constraints_resource_3": "too little capacity makes late, no limit does not",
        "constraints_resource_4": "scattered capacity is filled while material is waited for",
        "constraints_resource_5": "varying capacity is used to the last minute by one order",
        "constraints_resource_6": "varying capacity is used to the last minute by several orders",
        "constraints_resource_7": "hours per period: fixed and per piece, efficiency, alternatives",
        "constraints_resource_8": "work is not done longer ahead than a machine allows",
        "constraints_resource_9": "a skill nobody has is said, and nothing breaks",
        "resource_buckets": "load counts in the period it falls in",
        "load_bucketized": "which period an operation's load counts in",
        "resource_efficiency": "faster and slower machines and people",
        "resource_pool": "so many of a pool, by skill and crew size",
        "resource_tool": "a tool stays with an order through its steps",
        "skills": "only the qualified, the preferred ones first",
        "load_alternate": "the other machine only when the first one is busy",
        "load_effective": "machines of a step that are valid for a time",
    },
    "lead time": {
        "constraints_leadtime_1": "fixed time and time per piece, from now on",
        "constraints_leadtime_2": "lead times through several levels",
        "constraints_leadtime_3": "release fences",
        "constraints_leadtime_4": "only what is on the critical path is a reason",
    },
    "material": {
        "constraints_material_1": "scarce supply by priority and date; waiting for more",
        "constraints_material_2": "several, fixed, alternative components at their steps",
        "constraints_material_3": "safety stock that stays, rises and falls, after demands",
        "constraints_material_4": "lots without needless excess",
        "constraints_material_5": "buying what is short",
        "buffer_max": "lots do not fill the stock past its maximum",
        "safety_stock": "safety stock in pieces and in time",
        "period_of_cover": "needs of some days in one order",
    },
    "combined": {
        "constraints_combined_1": "material, lead time, capacity and weekends at once",
        "constraints_combined_2": "long work over weekends after material came",
    },
    "demand": {
        "demand_policy": "parts, all at once, smallest delivery, lines together",
        "demand_status": "which orders are planned",
    },
    "bills": {
        "flow_alternate_1": "substitutes by priority and validity",
        "flow_alternate_2": "parts of different versions are not mixed",
        "flow_alternate_3": "what is there before what has to be bought",
        "flow_effective": "dated lines",
        "flow_fixed": "a quantity per order",
        "flow_offset": "needed some time after the start",
        "flow_location": "taken from another place",
    },
    "operations": {
        "operation_routing": "steps in their order",
        "operation_dependency": "steps that wait for others, rings, safety time",
        "operation_alternate": "the preferred way to make",
        "operation_split": "shares of several ways to make",
        "operation_effective": "dated routings",
        "operation_pre_post": "soft time after a step",
        "operation_batchwindow": "orders of some days together",
        "operation_autofence": "waiting for confirmed supply, or making",
        "operation_approved": "approved orders are moved early where that is feasible",
        "operation_coproducer": "two items out of one run",
    },
    "setups": {
        "setup_1": "time from one family to another",
        "setup_2": "the state a machine is in at first",
        "setup_3": "the order that saves changeovers",
    },
    "network": {
        "distribution_1": "transfers between sites",
        "supplier": "several suppliers, their lots, dates and days",
        "global_purchase": "another site's stock before a purchase",
    },
    "execution": {
        "wip_1": "work orders that are released or begun",
        "wip_2": "work orders with some steps done",
        "quantity_completed": "pieces that are done already",
    },
    "trace": {
        "pegging_1": "which supply is for whom",
        "pegging_2": "a negative balance takes its part first",
        "criticality": "what moves the date, and what has time to spare",
        "cluster": "plants within a plant that have nothing to do with each other",
    },
    "other": {
        "heuristic2": "a second solver",
        "deletion": "taking something away and planning again",
        "custom_fields": "fields of the customer's own",
        "json": "reading and writing JSON",
        "xml": "reading and writing XML",
        "python_1": "planning from Python",
        "python_2": "changing data from Python and planning again",
        "python_3": "reading a plan from Python",
    },
}
FOLDERS = tuple(folder for area in AREAS.values() for folder in area)
MOST_DIFFERENCES = 8

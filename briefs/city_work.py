from reports.contents import Sheet, Words


def tasks(view, argument=""):
    return Sheet("tasks", "tasks", "", ((Words(("……",)),),))


def exemplars(view, argument=""):
    return Sheet("exemplars", "exemplars", "", ((Words(("……",)),),))


def advice(view, argument=""):
    return Sheet("advice", "advice", "", ((Words(("……",)),),))

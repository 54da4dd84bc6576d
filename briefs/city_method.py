from reports.contents import Sheet, Words


def uncertainty(view, argument=""):
    return Sheet("uncertainty", "uncertainty", "", ((Words(("……",)),),))


def method(view, argument=""):
    return Sheet("method", "method", "", ((Words(("……",)),),))

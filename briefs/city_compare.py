from reports.contents import Sheet, Words


def compare(view, argument=""):
    return Sheet("compare", "compare", "", ((Words(("……",)),),))

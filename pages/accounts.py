"""账号: who may sign in, as what and for which unit; what each role may do; the settings of the store."""

from ui import accounts_parts, viewer

path = viewer.store()
tab = accounts_parts.tab()

if tab == "people":
    accounts_parts.people(path)
elif tab == "roles":
    accounts_parts.roles()
else:
    accounts_parts.settings(path)

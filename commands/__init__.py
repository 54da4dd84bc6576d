"""The verbs of the command line, one file a theme. They call the rooms and print; manage.py puts them together."""

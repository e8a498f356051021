"""Machine mail and what comes with mail: reports that letters were given up, absences, floods, loops, files."""

"""Runs a command and writes the peak of its resident memory in KiB: peak.py FILE COMMAND…"""
import resource, subprocess, sys

code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)

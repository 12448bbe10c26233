#!/bin/sh
# Names the Python that makes the environment: the first that is new enough, can make one, and was compiled with
# optimisation (decision 0001); where none was, the first that is new enough and can.
probe='
import sys, sysconfig
import ensurepip, venv
if sys.version_info < (3, 11):
    sys.exit(1)
# A distribution does not say how it has compiled its own; they all optimise it.
arguments = sysconfig.get_config_var("CONFIG_ARGS") or ""
print("optimised" if sys.base_prefix == "/usr" or "--enable-optimizations" in arguments else "plain")
'
plain=
for python in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    case $("$python" -c "$probe" 2>/dev/null) in
        optimised)
            echo "$python"
            exit
            ;;
        plain) plain=${plain:-$python} ;;
    esac
done
echo "${plain:-python3}"

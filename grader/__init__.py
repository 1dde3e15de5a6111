"""Judges the end state of a lab on a live cluster: the language of ``checks.py``, and the judge.

Authors write ``from grader import K8s, check``; see labs/README.md. It reads a cluster and changes nothing but its own
canary and probe pods and, where a check says so, the pods of a workload that it lets its controller make anew.
"""

from grader.checks import check
from grader.errors import Broken
from grader.k8s import K8s
from grader.node import Node
from grader.quantities import quantity

__all__ = ("Broken", "K8s", "Node", "check", "quantity")

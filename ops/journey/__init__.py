"""The platform's main job, played through the gateway's HTTP API against any running platform: the demo data of the first start, the
test of a deployment, and the story that a stranger can follow.
"""

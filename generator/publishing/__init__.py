"""What a host needs around a build: inputs, the data branch, the last look at the site, the summary, the delivery.

Standard library only, so that the job that writes to the repository runs no other code.
"""

"""AWS on one machine: moto's server, with the promises that the pack relies on put back.

DynamoDB's transactions are isolated and honour `ClientRequestToken`, and Lambda's Invoke runs the
pack's own functions. State is in memory and ends with the process.
"""

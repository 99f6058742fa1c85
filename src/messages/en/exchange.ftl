## Subscriptions of other registries (SPDCI)

spdci-no-such-event = this event is not announced: enrollement, enrollement_status_change and death are
spdci-no-rhythm = notices are sent as things happen and at no other rhythm: leave the frequency out
spdci-nobody-followed = a filter names somebody by a number of a known type
spdci-not-followed = no agreement in force lets you follow everybody of this programme: name each by number
spdci-already-subscribed = there is such a subscription already
spdci-no-subscription = you have no subscription with this code
spdci-already-ended = this subscription ended before
spdci-unknown-beneficiary = no record of your programme bears these numbers: send the record itself
spdci-refused-update = this does not fit what is known of the record and waits among your refused records: correct it there, or send the record itself
spdci-unclear-status = only “Suspended” and “Active” with the day of the change are taken over here: send the record itself

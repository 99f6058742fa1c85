### What `dankun mapping` says of the life of versions.

## Life of data files

life-no-key = give the key with which to speak to the hub: --key or DANKUN_KEY
life-no-address = the address given to --hub is not one of a hub
life-stale = { $file } is no longer as you read it: somebody else saved it meanwhile. Run the command again.
life-unknown = there is no { $file }, or not this version
life-withdrawn = this version of { $file } was given up
life-counted = this version of { $file } has been in force: publish another one, or go back to an earlier one with rollback
life-nothing-earlier = { $file } has no earlier version to go back to
life-past = that moment has gone
life-moved = the hub has a newer version than the one your files were made from: { $files }. Look with diff, take it with pull, or publish all the same with --force.
life-older = { $file }: an earlier version that the hub has replaced; to go back to it: dankun mapping rollback
life-would-publish = { $count ->
    [0] Nothing would change.
    [one] One version would be published; nothing was changed.
   *[other] { $count } versions would be published; nothing was changed.
}
life-published-for = { $count ->
    [0] Nothing to publish: these versions are planned already.
    [one] One version comes into force on { $at }.
   *[other] { $count } versions come into force on { $at }.
}
life-approved = { $file }: version { $hash } approved
life-given-up = { $file }: version { $hash } given up
life-pull-created = new: { $file }
life-pull-updated = updated: { $file }
life-pull-kept = edited here, left alone: { $file } (--force writes over it)
life-pull-summary = Files written: { $written }; already up to date: { $same }; left alone: { $kept }
life-diff-summary = { $count ->
    [0] No difference.
    [one] One file differs.
   *[other] { $count } files differ.
}
life-state-draft = draft
life-state-checked = checked
life-state-tested = tested
life-state-previewed = previewed
life-state-approved = approved
life-state-published = published for later
life-state-in_force = in force
life-state-superseded = superseded
life-state-withdrawn = given up

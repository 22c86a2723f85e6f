"""What became of an immersion: the company's bilan, the person's verdict, and the training entered or not.

Words. A *bilan* is what the company says: did the person come, what went well, hired or not. A *verdict* is the
person's own: they confirm this job, have doubts, or give it up; giving it up before the training is a success of
orientation. An *outcome* is where the person is 0, 3, 6 and 12 months after.

Decisions.
- All hang on the booking, which is the immersion itself: a renewal makes another agreement of the same booking, and an
  immersion whose agreement was signed on paper has its verdict too.
- All are answered by a link, then one button each, without sign-in; an answer stands at the first tap, so that who
  stops after it is counted, and can be put right for 7 days.
"""

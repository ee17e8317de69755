import time, sys, cProfile, pstats
from collections import Counter
from truedate.kernel_cache import use_kernel_cache
use_kernel_cache()
from tests import factories as a
from scheduler.network import build_network
from scheduler.build import build,horizon_of
from scheduler.engines.dispatch import dispatch
from scheduler.frames.operations import rows as frame
from scheduler.policy import Policy
from datetime import timedelta
class R: pass
def plan(s,seconds=0):
    r=R(); r.network=build_network(s,Policy())
    b=build(s,r.network,horizon_of(s,timedelta(days=700),Policy()),Policy())
    sch=dispatch(b.problem); r.rows=frame(b,sch); return r
from scheduler.validate import validate
n=int(sys.argv[1])
cases={
 'one': a.one_machine_plant(a.demand(quantity=5), a.demand('SO-2',quantity=9)),
 'painter': a.two_machines_one_painter(*[a.demand(f'SO-{i}',quantity=i+1) for i in range(6)]),
 'two_level': a.two_level_plant(*[a.demand(f'SO-{i}',quantity=i+1) for i in range(4)]),
 'two_plants': a.two_plants(a.demand(quantity=2)),
 'many': a.many_demands(n),
}
for k,s in cases.items():
    t0=time.process_time()
    try: r=plan(s,seconds=0)
    except Exception as e: print(k,'PLAN FAILS',repr(e)[:300]); continue
    t1=time.process_time()
    if k=='many' and len(sys.argv)>2:
        cProfile.run('f=validate(s,r.network,r.rows)','/tmp/prof'); pstats.Stats('/tmp/prof').sort_stats('cumtime').print_stats(45)
    f=validate(s,r.network,r.rows)
    t2=time.process_time()
    print(k,len(r.rows),'rows; plan',round(t1-t0,2),'validate',round(t2-t1,2),Counter(x.code for x in f))
    seen=set()
    for x in f:
        if x.code not in seen: seen.add(x.code); print('   ',x.code,x.message)

import sys, random, traceback
from collections import Counter
from datetime import timedelta
from truedate.kernel_cache import use_kernel_cache
use_kernel_cache()
from tests import factories as a
from scheduler import factory as f
from scheduler.network import build_network
from scheduler.build import build,horizon_of
from scheduler.engines.dispatch import dispatch
from scheduler.frames.operations import rows as frame
from scheduler.policy import Policy
from scheduler.validate import validate
def snap(seed):
    r=random.Random(seed); ri=r.randint; P=r.random
    fam=['RED','BLUE','GREEN',None]
    cals=[a.DAY,a.WORKDAYS,a.ALWAYS,a.calendar('TWO','06:00-14:00','14:00-22:00'),a.calendar('NIGHT','22:00-06:00'),a.calendar('LATE','10:00-12:00','12:30-18:00',days=(0,1,2,3,4,5)),a.calendar('DOCK','09:00-11:00',days=(0,2,4))]
    C=lambda: r.choice([None,'DAY','TWO','NIGHT','LATE','ALWAYS'])
    M=[]
    for i in range(5):
        k=r.choice([f.MachineKind.SINGLE]*3+[f.MachineKind.MULTIPLE,f.MachineKind.BATCH])
        M.append(a.machine(f'M{i}',kind=k,capacity=1 if k is f.MachineKind.SINGLE else ri(2,4) if k is f.MachineKind.MULTIPLE else 50,calendar=C(),efficiency=r.choice([1,1,'0.8','1.5']),setup_state=r.choice(fam),setup_interruptible=P()<.7,setup_pool='SET' if P()<.3 else None,
           downtimes=(f.Downtime(starts=a.at('2027-03-02 09:00'),ends=a.at('2027-03-02 11:00')),) if P()<.3 else ()))
    ch=tuple(f.Changeover(from_family=x,to_family=y,time=a.minutes(ri(0,60))) for x in fam for y in fam if P()<.6)
    pools=[f.LabourPool(id='SET',plant='GRAZ',people=1,calendar='ALWAYS'),f.LabourPool(id='CREW',plant='GRAZ',people=2,skills={'weld':1},calendar=C()),
      f.LabourPool(id='NAMED',plant='GRAZ',members=(f.Worker(id='ANN',skills=(f.SkillLevel(skill='weld'),),efficiency='0.9'),f.Worker(id='BEN',calendar='LATE',downtimes=(f.Downtime(starts=a.day('2027-03-04'),ends=a.day('2027-03-04')),))))]
    tools=[f.Tool(id='T',plant='GRAZ',count=1),f.Tool(id='U',plant='GRAZ',count=2,calendar='TWO')]
    def stp(k):
        ms=r.sample([m.id for m in M],ri(1,3))
        lab=[]
        if P()<.25: lab.append(f.LabourNeed(pool='CREW',people=1,skill='weld' if P()<.4 else None,phase=r.choice(list(f.Phase))))
        if P()<.2: lab.append(f.LabourNeed(pool='NAMED',people=1,skill='weld' if P()<.3 else None))
        tl=[f.ToolNeed(tool=r.choice('TU'),phase=r.choice(list(f.Phase)),whole_order=P()<.3)] if P()<.2 else []
        kw=dict(setup_family=r.choice(fam),resumable=P()<.8,labour=tuple(lab),tools=tuple(tl),teardown=a.minutes(ri(0,1)*ri(0,15)))
        if P()<.3: kw['minimum_lag']=a.minutes(ri(0,90))
        if P()<.2: kw['queue']=a.minutes(ri(0,90))
        if P()<.15: kw['maximum_lag']=a.hours(ri(24,90))
        if P()<.25: kw['transfer_batch']=ri(1,4)
        if P()<.15: kw['split']=f.Split(parts=2,minimum=2)
        if P()<.2: kw['calendar']='TWO'
        if P()<.2: kw.update(run_per_batch=a.minutes(ri(1,20)),batch_quantity=ri(1,4))
        return a.step(f'S{k}',*ms,run=ri(1,20),fixed=ri(0,20),setup=ri(0,1)*ri(0,30),**kw)
    rout=[]; boms=[]
    for n in range(4):
        ss=[stp(k) for k in range(ri(1,4))]
        if P()<.2: ss.insert(ri(0,len(ss)),a.step('SUB',subcontract=f.Subcontract(supplier='ACME',ship_out=a.working_days(1),work=a.calendar_days(2),ship_back=a.working_days(1))))
        rout.append(a.routing(f'A{n}',*ss))
        ls=[a.line('PART',ri(1,3),offset=a.hours(1) if P()<.2 else None)]
        if n: ls.append(a.line(f'A{ri(0,n-1)}',ri(1,2),step=r.choice(ss).id if P()<.5 else None,transfer_batch=2 if P()<.3 else None))
        boms.append(a.bom(f'A{n}',*ls))
    D=[a.demand(f'SO-{i}',f'A{ri(0,3)}',ri(1,8),a.day('2027-03-05')+timedelta(days=ri(0,20)),partial=r.choice(list(f.Partial)),order=f'O{i//2}',transit=a.hours(5) if P()<.3 else None,earliest=a.day('2027-03-08') if P()<.2 else None) for i in range(8)]
    pl=a.plant(shipping_calendar='DOCK' if P()<.3 else None,dock_time=f.LeadTime(amount=2,unit=f.LeadTimeUnit.HOURS) if P()<.3 else f.LeadTime(),site_calendar='TWO' if P()<.1 else None,receiving_calendar=r.choice([None,'TWO']))
    return a.snapshot(plants=[pl],machines=M,calendars=cals,labour_pools=pools,tools=tools,setup_matrices=[f.SetupMatrix(id='X',plant='GRAZ',changeovers=ch)],routings=rout,boms=boms,purchases=[a.buy('PART',ri(0,4))],
      stock=[a.stock('PART',ri(0,9)),a.stock('A0',ri(0,2)),a.stock('PART',4,usable_until=a.day('2027-03-03'))],receipts=[a.receipt('R1','PART',20,a.day('2027-03-03'))],demands=D)
tot=Counter(); ok=0; ex={}
for seed in range(int(sys.argv[1]),int(sys.argv[2])):
    try:
        s=snap(seed); net=build_network(s,Policy()); b=build(s,net,horizon_of(s,timedelta(days=400),Policy()),Policy()); sch=dispatch(b.problem); rows=frame(b,sch)
    except Exception as e:
        tot['EXC '+type(e).__name__]+=1; ex.setdefault('EXC '+type(e).__name__,[]).append((seed,str(e)[:150])); continue
    fs=validate(s,net,rows)
    if not fs: ok+=1
    for x in fs:
        tot[x.code]+=1
        if len(ex.setdefault(x.code,[]))<3: ex[x.code].append((seed,x.message))
print('ok',ok,tot)
for k,v in ex.items():
    for y in v[:3]: print(k,*y)

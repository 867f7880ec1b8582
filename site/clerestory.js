// From site/client
function canonical(value){return JSON.stringify(value,(_,each)=>{if(!each||typeof each!=="object"||Array.isArray(each))return each;return Object.fromEntries(Object.keys(each).sort().map((name)=>[name,each[name]]));});}
class Alarm{#a;#b=null;#c;#d;#e;set(seconds,ring){this.#b=ring;this.#c=seconds*1000;this.#d=performance.now();this.#e=Date.now();this.check();}
clear(){clearTimeout(this.#a);this.#b=null;}
check(){clearTimeout(this.#a);if(!this.#b)return;const passed=Math.max(performance.now()-this.#d,Date.now()-this.#e);if(passed<this.#c){this.#a=setTimeout(()=>this.check(),Math.min(this.#c-passed,30_000));}else if(!document.hidden){const ring=this.#b;this.clear();ring();}
}
}
const PASSING=new Set([408,425,429,500,502,503,504]);const DEAD_LINK=new Set(["invalid-token","token-expired","token-not-yet-valid"]);const problem=(code,title,detail,status=0)=>({code,title,detail,status});const SIGNED_OUT=problem("no-session","Sign in to see this dashboard","Your session has ended.",401);const NO_PROVIDER=problem("no-get-session","This page doesn't say who is signed in","It must set getSession.");const NO_DASHBOARD=problem("no-dashboard","This page doesn't say which dashboard","It must set dashboard.");const UNFORESEEN=problem("failed","The dashboard can't be shown","");const INVALID_ENV=problem("invalid-env","This page's filters can't be read","Its env is not a JSON object.");const SESSION_FAILED=problem("session-failed","Your session can't be renewed","",503);const UNREACHABLE=problem("unreachable","The dashboard can't be reached","The connection was lost.",503);const UNANSWERED=problem("no-answer","The dashboard didn't load","It is away, or not for this site.",503);const RENEWED=problem("","This dashboard is being renewed","A new link is on its way.");class Refusal extends Error{constructor(cause,after=0){super(cause.title);this.problem=cause;this.after=after;}
}
async function mint(host,ended){const{url,body,getSession}=host.request();const signal=AbortSignal.any([ended,AbortSignal.timeout(30_000)]);const late=new Promise((_,reject)=>signal.addEventListener("abort",reject));for(const expired of[false,true]){const given=Promise.resolve({expired}).then(getSession);const headers=await Promise.race([late,given]).then(signedIn).catch(refuse(SESSION_FAILED));if(!headers)break;const answer=await post(url,{headers,body,signal});if(answer.status!==401)return read(answer);}
throw new Refusal(SIGNED_OUT);}
const refuse=(cause)=>()=>{throw new Refusal(cause);};const signedIn=(session)=>
session&&new Headers({Authorization:`Bearer ${session}`,"Content-Type":"application/json"});async function post(url,request){const response=await fetch(url,{method:"POST",credentials:"omit",...request}).catch(refuse(UNREACHABLE));const{status,ok,headers}=response;const found=await response.json().catch(()=>null);return{status,ok,found,after:Number(headers.get("Retry-After"))||0};}
function read({status,ok,after,found}){if(ok&&/^https?:/.test(found?.url)&&found.refresh_in>0)return found;const unforeseen=problem(`http-${status}`,"The dashboard can't be shown",`The answer was ${status}.`,status);throw new Refusal(found?.code?{...found,status}:unforeseen,after);}
class Life{#f;#g;#h=new Alarm();#i=new AbortController();#j=null;#k="first";#l=0;#m=0;constructor(host,view){this.#f=host;this.#g=view;view.open({ready:()=>this.#n(),trouble:(cause,passes)=>this.#o(cause,passes)});const until={signal:this.#i.signal};const wake=()=>this.#h.check();const online=()=>(this.#l&&!this.#m?this.#p():wake());document.addEventListener("visibilitychange",wake,until);window.addEventListener("pageshow",wake,until);window.addEventListener("online",online,until);window.addEventListener("message",(event)=>view.hear(event),until);}
end(){this.#i.abort();this.#j?.abort();this.#h.clear();this.#g.close();}
start(reason){this.#q();this.#k=reason;this.#p();}
expect(missing){this.#q();this.#g.busy(true);this.#h.set(10,()=>this.#r(missing));}
#q(){this.#l=0;this.#j?.abort();this.#j=null;}
async #p(){if(this.#j)return;const{signal}=(this.#j=new AbortController());this.#s();let failure;const minted=await mint(this.#f,signal).catch((caught)=>void(failure=caught));if(signal.aborted)return;this.#j=null;if(minted)this.#t(minted);else this.#r(failure.problem??UNFORESEEN,failure.after);}
#s(){this.#h.clear();if(this.#k==="refresh"&&this.#g.isReady)return;this.#g.busy(!this.#l);this.#u("loading",{reason:this.#k});}
#t(minted){this.#v(minted.refresh_in);const swaps=this.#f.show(minted);if(this.#k==="refresh")this.#u("refresh",{swaps});if(!swaps)this.#n();}
#v(seconds){this.#h.set(seconds,()=>(this.#g.isWaiting?this.#v(seconds):this.start("refresh")));}
#n(){if(this.#j)return;this.#l=0;this.#g.calm();this.#u("ready",{title:this.#f.minted.title});}
#o(cause,passes){if(passes)this.#u("error",{...cause,retries:true});else if(!this.#j)this.#r(cause);}
#r(cause,after=0){const retries=DEAD_LINK.has(cause.code)?this.#l<8:PASSING.has(cause.status);this.#h.clear();this.#m=after;if(retries){const pause=Math.min(60,2**this.#l)*(0.5+Math.random()/2);this.#l+=1;this.#h.set(after+pause,()=>this.#p());}
this.#g.fail(cause,retries,this.#k==="refresh",()=>this.start("retry"));this.#u("error",{...cause,retries});}
#u(name,detail){const{dashboard}=this.#f;const options={bubbles:true,composed:true,detail:{dashboard,...detail}};this.#f.dispatchEvent(new CustomEvent(`clerestory:${name}`,options));}
}
const SANDBOX="allow-scripts allow-same-origin allow-downloads allow-popups allow-popups-to-escape-sandbox";function makeFrame(url,{title,fragment},lazy){const{origin}=new URL(url);const loading=lazy?"lazy":"eager";const named={className:"next",part:"frame",title,inert:true,referrerPolicy:"no-referrer",loading};const iframe=Object.assign(document.createElement("iframe"),named);if(origin!==location.origin)iframe.setAttribute("sandbox",SANDBOX);iframe.src=fragment?`${url}#${fragment}`:url;return{iframe,url,origin,fragment,state:"new",height:0,fitted:0};}
function lookLike(frame,{title,fragment}){frame.iframe.title=title;if(frame.fragment===fragment)return;frame.fragment=fragment;frame.iframe.contentWindow?.location.replace(`${frame.url}#${fragment}`);}
function fit(frame,wanted){if(!Number.isFinite(wanted))return;const height=Math.ceil(Math.min(20_000,Math.max(80,wanted)));const fitted=performance.now();const width=frame.iframe.clientWidth;const echo=height>frame.height&&fitted-frame.fitted<500&&width===frame.width;Object.assign(frame,{width,fitted,echoes:echo?frame.echoes+1:0});if(frame.echoes>20)return;frame.height=height;frame.iframe.style.height=`${height}px`;}
const STYLE=`
:host { display: block; }
:host([hidden]), [hidden] { display: none !important; }
.stage { position: relative; overflow: clip; min-height: var(--clerestory-min-height, 20rem); }
iframe { display: block; width: 100%; min-height: inherit; border: 0; }
.next, .old, .progress { position: absolute; inset: 0 0 auto; pointer-events: none; }
.next { opacity: 0; }
.old, .progress { z-index: 1; }
.status { position: absolute; inset: 0; display: grid; place-content: center; }
.progress { height: 2px; background: var(--clerestory-accent, #4f6ef2); animation: pulse 1s infinite alternate; }
@keyframes pulse { to { opacity: 0.2; } }
.panel { margin: 1rem; padding: 1rem; border: 1px solid; border-radius: 12px; color: CanvasText; background: Canvas; }
button { font: inherit; padding: 0.5rem 1rem; }
`;let sheet;function styleSheet(){if(!sheet){sheet=new CSSStyleSheet();sheet.replaceSync(STYLE);}
return sheet;}
const make=(name,properties,...children)=>{const element=Object.assign(document.createElement(name),properties);element.append(...children);return element;};const part=(name,properties,...children)=>make("div",{className:name,part:name,...properties},...children);class View{#w;#x;#y=null;#z=null;#A=new Set();#B=part("stage");#C=part("status",{role:"status"},make("slot",{name:"loading"},"Loading"));#D=part("progress");#E=part("panel",{role:"alert",hidden:true});constructor(root){this.#w=root;root.adoptedStyleSheets=[styleSheet()];this.#B.append(this.#C,this.#D,this.#E);root.append(this.#B);this.#F(true);}
open(heard){this.#x=heard;}
close(){for(const timer of this.#A)clearTimeout(timer);this.#A.clear();this.#G();this.busy(true);}
get isReady(){return this.#y?.state==="ready";}
get isWaiting(){return!!this.#z;}
busy(anew){if(anew)this.#E.hidden=true;this.#F(true);}
calm(){this.#E.hidden=true;this.#F(false);}
show(url,look){const same=[this.#y,this.#z].find((frame)=>frame?.url===url&&frame.state!=="error");if(same!==this.#z){this.#z?.iframe.remove();this.#z=null;}
if(!same)this.#H(makeFrame(url,look,!this.#y));return same?.state!=="ready";}
look(look){for(const frame of[this.#y,this.#z])if(frame)lookLike(frame,look);}
fail(cause,retries,quiet,retry){this.#z?.iframe.remove();this.#z=null;const keeps=retries&&this.#y&&this.#y.state!=="error";if(!keeps)this.#G();this.#F(false);if(keeps&&quiet)return;const{title,detail,errors}=DEAD_LINK.has(cause.code)?RENEWED:cause;const told=[detail,retries&&"It tries again."].filter(Boolean);const wrong=Array.isArray(errors)?errors.map((each)=>`${each?.variable}: ${each?.detail}`):[];this.#E.replaceChildren(
make("strong",{},String(title)),...told.map((text)=>make("p",{},String(text))),make("ul",{hidden:!wrong.length},...wrong.map((text)=>make("li",{},text))),make("button",{type:"button",part:"retry",onclick:retry},"Try again"),);this.#E.hidden=false;this.#F(false);}
hear({source,origin,data}){const frame=[this.#y,this.#z].find((each)=>each?.iframe.contentWindow===source);if(!frame||frame.origin!==origin||data?.source!=="clerestory")return;const{type,height,problem}=data;if(type==="height")fit(frame,height);else if(type==="error")this.#I(frame,Object(problem));else if(type==="loading"||type==="ready")this.#J(frame,type==="ready");}
#J(frame,ready){const reveals=ready||!this.isReady;frame.state=ready?"ready":"loading";if(frame===this.#z&&reveals)this.#K(frame);if(ready&&!this.#z)this.#x.ready();}
#I(frame,cause){const passes=PASSING.has(cause.status);frame.state=passes?"loading":"error";if(passes&&frame===this.#z&&!this.isReady)this.#K(frame);this.#x.trouble(cause,passes);}
#H(frame){this.#z=frame;if(this.#y)frame.iframe.style.height=this.#y.iframe.style.height;frame.iframe.onload=()=>this.#m(5_000,()=>this.#L(frame));const slow=()=>frame===this.#z&&frame.state==="loading"&&this.#K(frame);this.#m(10_000,slow);this.#B.append(frame.iframe);}
#L(frame){if(frame.state!=="new"||frame.height||!frame.iframe.isConnected)return;if(document.hidden)this.#m(5_000,()=>this.#L(frame));else this.#x.trouble(UNANSWERED,false);}
#K(frame){const old=this.#y;const focused=old&&this.#w.activeElement===old.iframe;Object.assign(frame.iframe,{className:"",inert:false});if(old){Object.assign(old.iframe,{className:"old",inert:true});this.#m(100,()=>old.iframe.remove());}
this.#y=frame;this.#z=null;if(focused)frame.iframe.focus({preventScroll:true});this.calm();}
#F(busy){this.#B.ariaBusy=String(busy);this.#D.hidden=!(busy&&this.#y);this.#C.hidden=!!this.#y||!this.#E.hidden;}
#G(){for(const iframe of this.#B.querySelectorAll("iframe"))iframe.remove();this.#y=this.#z=null;}
#m(ms,act){const timer=setTimeout(()=>{this.#A.delete(timer);act();},ms);this.#A.add(timer);}
}
const NAME="clerestory-dashboard";const REQUESTED=["api","dashboard","lifetime"];const LOOK=["theme","titled","bordered"];const PROPERTIES=[...REQUESTED,...LOOK,"env","getSession"];let sharedSession=null;const connected=new Set();function provideSession(getSession){sharedSession=getSession;for(const element of connected)element.getSession=element.getSession;}
class ClerestoryDashboard extends(globalThis.HTMLElement??Object){static observedAttributes=[...PROPERTIES,"title"];#g;#M;#N;#O=null;#t=null;#P;#Q;get minted(){return this.#t;}
get env(){return this.#N??readEnv(this.getAttribute("env"));}
set env(value){this.#N=JSON.parse(canonical(value??{}));this.#R();}
get getSession(){return this.#O;}
set getSession(value){this.#O=value;this.#R();}
refresh(){if(this.#P)this.#M?.start("refresh");}
request(){const{api,dashboard,lifetime,env}=this;if(!env)throw new Refusal(INVALID_ENV);const base=new URL(api??new URL("..",import.meta.url),document.baseURI).href.replace(/\/*$/,"/");const body={dashboard};if(Object.keys(env).length)body.env=env;if(lifetime)body.lifetime=Number(lifetime);return{url:`${base}embeds`,body:JSON.stringify(body),getSession:this.#O??sharedSession};}
show(minted){this.#t=minted;return this.#g.show(minted.url,this.#S());}
connectedCallback(){for(const name of PROPERTIES.filter((each)=>Object.hasOwn(this,each))){const value=this[name];delete this[name];this[name]=value;}
this.#g??=new View(this.attachShadow({mode:"open"}));this.#M=new Life(this,this.#g);connected.add(this);this.#R();}
disconnectedCallback(){this.#M.end();this.#M=this.#P=this.#t=null;connected.delete(this);}
attributeChangedCallback(name,before,after){if(before===after)return;if(name==="env")this.#N=null;if(name==="title"||LOOK.includes(name))this.#g?.look(this.#S());else this.#R();}
#R(){if(!this.#M||this.#Q)return;this.#Q=true;queueMicrotask(()=>{this.#Q=false;if(this.#M)this.#T();});}
#T(){const missing=this.dashboard?!(this.#O??sharedSession)&&NO_PROVIDER:NO_DASHBOARD;if(missing){this.#P=null;return this.#M.expect(missing);}
const wanted=canonical([this.api,this.dashboard,this.lifetime,this.env]);if(wanted===this.#P)return;const reason=this.#P?"env":"first";this.#P=wanted;this.#M.start(reason);}
#S(){const look=LOOK.filter((name)=>this.hasAttribute(name)).map((name)=>[name,this[name]||"true"]);return{title:this.title||String(this.#t?.title),fragment:String(new URLSearchParams(look))};}
static{for(const name of[...REQUESTED,...LOOK]){Object.defineProperty(this.prototype,name,{get(){return this.getAttribute(name);},set(value){if((value??null)===null)this.removeAttribute(name);else this.setAttribute(name,value);},});}
}
}
function readEnv(text){try{const env=JSON.parse(text??"{}");return env&&typeof env==="object"&&!Array.isArray(env)?env:null;}catch{return null;}
}
if(globalThis.customElements&&!customElements.get(NAME))customElements.define(NAME,ClerestoryDashboard);function mountDashboard(container,options){const element=Object.assign(document.createElement(NAME),options);container.append(element);return{element,update(env){element.env=env;},refresh:()=>element.refresh(),destroy:()=>element.remove(),};}
export{provideSession,ClerestoryDashboard,mountDashboard};
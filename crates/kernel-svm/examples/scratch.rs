use kernel_svm::*; use std::time::Instant;
fn rd(f:&str,o:usize)->Vec<u8>{ std::fs::read(format!("/tmp/mn/{f}")).unwrap()[o..].to_vec() }
fn main(){
 let a:Vec<f64>=std::env::args().skip(1).map(|s|s.parse().unwrap()).collect();
 let n=a[3] as usize;
 let x=rd("train-images-idx3-ubyte",16); let y:Vec<usize>=rd("train-labels-idx1-ubyte",8).iter().map(|&v|v as usize).collect(); let xt=rd("t10k-images-idx3-ubyte",16); let yt=rd("t10k-labels-idx1-ubyte",8);
 let s=Settings{c:a[0],gamma:Gamma::Value(a[1]),threads:a[2] as usize,..Default::default()};
 let t=Instant::now(); let m=fit(Features::Pixels(&x[..n*784]),784,&y[..n],&s).unwrap(); let e=t.elapsed();
 let c=m.certificates();
 println!("fit {e:.2?} sets {} rows {} steps {} obj {:.4} kkt {:.2e} gap {:.2e} sv {}",c.iter().map(|c|c.working_sets).sum::<usize>(),c.iter().map(|c|c.kernel_rows).sum::<usize>(),c.iter().map(|c|c.steps).sum::<usize>(),c.iter().map(|c|c.dual_objective).sum::<f64>(),c.iter().map(|c|c.kkt_violation).fold(0.,f64::max),c.iter().map(|c|c.duality_gap).fold(0.,f64::max),m.support_vectors());
 println!("pair 4-9 {:?}",c[34]);
 let t=Instant::now(); let p=m.predict(Features::Pixels(&xt)); println!("predict {:.2?} acc {}",t.elapsed(),p.iter().zip(&yt).filter(|(p,y)|**p==**y as usize).count());
 std::fs::write("/tmp/ours.txt",p.iter().map(|v|format!("{v}\n")).collect::<String>()).unwrap();
}
